"""What signing refuses."""

from releaseconsole.kernel.errors import ConsoleError


class SigningError(ConsoleError):
    """Something about keys or tokens was refused."""

    code = "signing_refused"


class KeyUnavailableError(SigningError):
    """No key can sign this now; nothing unsigned is ever served instead."""

    code = "key_unavailable"
    title = "No signing key is available."


class KeyStateError(SigningError):
    """The key isn't in a state in which this can be done."""

    code = "key_state"
    title = "The key isn't in a state that allows this."


class TokenRefusedError(SigningError):
    """A token didn't verify; callers aren't told why, `reason` is for the log."""

    code = "token_refused"
    title = "The token isn't valid."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class TokenExpiredError(TokenRefusedError):
    """The token verified but its time is over."""

    code = "token_expired"
    title = "The token has expired."
