"""What the updates floor refuses; each code is part of the API's contract."""

from releaseconsole.kernel.errors import NotFoundError
from updates.errors.base import ConflictError, IdempotencyKeyReusedError, InvalidValueError, UpdatesError
from updates.errors.bundles import BundleError, VersionReusedError
from updates.errors.channels import (
    ChannelFrozenError,
    NotShutOffError,
    PublicUnsignedError,
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
from updates.errors.testers import (
    AddressErasedError,
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
    "AddressErasedError",
    "AlreadySignedError",
    "AttemptsUncountedError",
    "BetaFullError",
    "BundleError",
    "BundleGoneError",
    "ChannelFrozenError",
    "ChecklistNotAttestedError",
    "ChecksUnansweredError",
    "CommentMissingError",
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
    "NotForcedError",
    "NotFoundError",
    "NotShutOffError",
    "NothingToAllowError",
    "NothingToRollBackError",
    "PlatformNotOfferedError",
    "PublicUnsignedError",
    "ReleaseStateError",
    "SelfSignOffError",
    "SignOffMissingError",
    "SignOffRoleError",
    "SignOffsImpossibleError",
    "SignOffsUnchangedError",
    "SignOffsWeakerError",
    "TesterLinkError",
    "TesterStateError",
    "TooManyAttemptsError",
    "UpdatesError",
    "VersionReusedError",
]
