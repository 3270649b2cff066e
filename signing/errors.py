"""What signing refuses."""

from releaseconsole.kernel.errors import ConsoleError, NotFoundError
from releaseconsole.kernel.jose.errors import KeyRefusedError, TokenExpiredError, TokenRefusedError

__all__ = [
    "CeremonyOutdatedError",
    "CeremonyRefusedError",
    "KeyNotFoundError",
    "KeyRefusedError",
    "KeyStateError",
    "KeyUnavailableError",
    "SigningError",
    "TokenExpiredError",
    "TokenRefusedError",
]


class SigningError(ConsoleError):
    """Something about keys or tokens was refused."""

    code = "signing_refused"


class KeyNotFoundError(SigningError, NotFoundError):
    """There is no such key."""

    code = NotFoundError.code
    title = "There is no such key."


class KeyUnavailableError(SigningError):
    """No key can sign this now; nothing unsigned is ever served instead."""

    code = "key_unavailable"
    title = "No signing key is available."


class KeyStateError(SigningError):
    """The key isn't in a state in which this can be done."""

    code = "key_state"
    title = "The key isn't in a state that allows this."


class CeremonyRefusedError(SigningError):
    """What came back from an offline root's machine isn't what it should be."""

    code = "ceremony_refused"
    title = "The signed file can't be imported."


class CeremonyOutdatedError(CeremonyRefusedError):
    """It is signed well, but what should be signed by now is something else."""

    code = "ceremony_outdated"
    title = "The signed file isn't what is asked for any more."
