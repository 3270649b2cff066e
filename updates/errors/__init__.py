"""What the updates floor refuses; each code is part of the API's contract."""

from releaseconsole.kernel.errors import NotFoundError
from updates.errors.base import ConflictError, IdempotencyKeyReusedError, InvalidValueError, UpdatesError
from updates.errors.bundles import BundleError, VersionReusedError
from updates.errors.releases import NothingToRollBackError, ReleaseStateError
from updates.errors.telemetry import EventRefusedError, EventsNotAcceptedError
from updates.errors.testers import (
    AttemptsUncountedError,
    BetaFullError,
    ConsentMissingError,
    DeviceLimitError,
    DeviceTakenError,
    InviteOverError,
    JoinCodeRefusedError,
    PlatformNotOfferedError,
    TesterLinkError,
    TesterStateError,
    TooManyAttemptsError,
)

__all__ = [
    "AttemptsUncountedError",
    "BetaFullError",
    "BundleError",
    "ConflictError",
    "ConsentMissingError",
    "DeviceLimitError",
    "DeviceTakenError",
    "EventRefusedError",
    "EventsNotAcceptedError",
    "IdempotencyKeyReusedError",
    "InvalidValueError",
    "InviteOverError",
    "JoinCodeRefusedError",
    "NotFoundError",
    "NothingToRollBackError",
    "PlatformNotOfferedError",
    "ReleaseStateError",
    "TesterLinkError",
    "TesterStateError",
    "TooManyAttemptsError",
    "UpdatesError",
    "VersionReusedError",
]
