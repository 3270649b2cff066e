"""What the updates floor refuses; each code is part of the API's contract."""

from releaseconsole.kernel.errors import NotFoundError
from updates.errors.base import ConflictError, IdempotencyKeyReusedError, InvalidValueError, UpdatesError
from updates.errors.bundles import BundleError, BundleRemovedError, VersionReusedError
from updates.errors.releases import NothingToRollBackError, ReleaseStateError
from updates.errors.telemetry import EventRefusedError, EventsNotAcceptedError

__all__ = [
    "BundleError",
    "BundleRemovedError",
    "ConflictError",
    "EventRefusedError",
    "EventsNotAcceptedError",
    "IdempotencyKeyReusedError",
    "InvalidValueError",
    "NotFoundError",
    "NothingToRollBackError",
    "ReleaseStateError",
    "UpdatesError",
    "VersionReusedError",
]
