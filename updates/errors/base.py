"""What everything here is refused with."""

from releaseconsole.kernel.errors import ConsoleError


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


class IdempotencyKeyReusedError(UpdatesError):
    """The Idempotency-Key came with another request before."""

    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request."
