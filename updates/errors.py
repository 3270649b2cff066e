"""What the updates floor refuses; each code is part of the API's contract."""

from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.errors import NotFoundError as NotFoundError  # noqa: PLC0414 (this floor's too)


class UpdatesError(ConsoleError):
    """Something about apps, bundles, channels or releases was refused."""

    code = "updates_refused"


class InvalidValueError(UpdatesError):
    """A name, id or number isn't acceptable."""

    code = "invalid_value"
    title = "A value isn't acceptable."


class ConflictError(UpdatesError):
    """It exists already, with other content."""

    code = "conflict"
    title = "This exists already."


class VersionReusedError(ConflictError):
    """The version names other content already; devices would never fetch the new one."""

    code = "version_reused"
    title = "This version already names other content. Versions are never reused."


class IdempotencyKeyReusedError(UpdatesError):
    """The Idempotency-Key came with another request before."""

    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request."


class ReleaseStateError(UpdatesError):
    """The release isn't in a state in which this can be done."""

    code = "release_state"
    title = "The release isn't in a state that allows this."


class NothingToRollBackError(UpdatesError):
    """No release is live on the channel."""

    code = "nothing_to_roll_back"
    title = "No release is live on this channel."


class BundleError(UpdatesError):
    """The uploaded file isn't an acceptable bundle; subclasses say why."""

    code = "bundle_invalid"
    title = "The file isn't an acceptable bundle."


class EventRefusedError(UpdatesError):
    """One reported event can't be stored; the rest of its batch can."""

    code = "event_refused"
    title = "The event can't be stored."


class EventsNotAcceptedError(UpdatesError):
    """Events can't be kept safely now; the device shall send them again."""

    code = "events_not_accepted"
    title = "Events can't be accepted now. Send them again later."
