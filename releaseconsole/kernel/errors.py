"""The root of every error the console raises on purpose."""

from typing import ClassVar


class ConsoleError(Exception):
    """Something a caller may be told about.

    Attributes:
        code: Stable machine-readable name; part of the public contract, never renamed.
        title: What this kind of error is, for people; the same for every instance.
        message: What happened this time, for people; holds no secret.
    """

    code: ClassVar[str] = "console_error"
    title: ClassVar[str] = "The console refused this."

    def __init__(self, message: str = "") -> None:
        self.message = message or self.title
        super().__init__(self.message)


class NotFoundError(ConsoleError):
    """What an address or an id names isn't there; pages answer 404, whichever floor it belongs to."""

    code = "not_found"
    title = "There is no such thing here."
