"""What the updates floor refuses; each code is part of the API's contract."""

from releaseconsole.kernel.errors import NotFoundError
from updates.errors.base import ConflictError, IdempotencyKeyReusedError, InvalidValueError, UpdatesError
from updates.errors.bundles import BundleError, VersionReusedError
from updates.errors.channels import (
    ChannelFrozenError,
    NotShutOffError,
    SignOffsImpossibleError,
    SignOffsUnchangedError,
    SignOffsWeakerError,
)
from updates.errors.devices import NotForcedError, NothingToAllowError
from updates.errors.releases import BundleGoneError, NothingToRollBackError, ReleaseStateError
from updates.errors.reviewing import (
    AlreadySignedError,
    ChecklistNotAttestedError,
    ChecksUnansweredError,
    CommentMissingError,
    SelfSignOffError,
    SignOffMissingError,
    SignOffRoleError,
)
from updates.errors.telemetry import EventRefusedError, EventsNotAcceptedError

__all__ = [
    "AlreadySignedError",
    "BundleError",
    "BundleGoneError",
    "ChannelFrozenError",
    "ChecklistNotAttestedError",
    "ChecksUnansweredError",
    "CommentMissingError",
    "ConflictError",
    "EventRefusedError",
    "EventsNotAcceptedError",
    "IdempotencyKeyReusedError",
    "InvalidValueError",
    "NotForcedError",
    "NotFoundError",
    "NotShutOffError",
    "NothingToAllowError",
    "NothingToRollBackError",
    "ReleaseStateError",
    "SelfSignOffError",
    "SignOffMissingError",
    "SignOffRoleError",
    "SignOffsImpossibleError",
    "SignOffsUnchangedError",
    "SignOffsWeakerError",
    "UpdatesError",
    "VersionReusedError",
]
