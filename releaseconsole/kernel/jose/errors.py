"""What the JOSE wrapper refuses.

A refused token carries two texts: `message`, the same whatever is wrong, for whoever sent it; and `reason`,
for the log. Telling the sender which check failed would help to forge the next one.
"""

from releaseconsole.kernel.errors import ConsoleError


class TokenRefusedError(ConsoleError):
    """A token didn't verify; callers aren't told why.

    Attributes:
        reason: Which check failed, for the log; never holds the token or a secret.
    """

    code = "token_refused"
    title = "The token isn't valid."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class TokenExpiredError(TokenRefusedError):
    """Everything about the token is right, but its time is over."""

    code = "token_expired"
    title = "The token has expired."


class TokenKeyUnknownError(TokenRefusedError):
    """A token of a foreign issuer names a key that isn't known; a newer set of its keys may have it."""


class KeyRefusedError(ConsoleError):
    """A key is too weak, malformed, or doesn't belong to the algorithm it was given for."""

    code = "key_refused"
    title = "This key can't be used."


class KeySetRefusedError(ConsoleError):
    """What a foreign issuer publishes as its keys isn't a set to verify with.

    Attributes:
        reason: What is wrong with it, for the log.
    """

    code = "key_set_refused"
    title = "The issuer's keys can't be used."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason
