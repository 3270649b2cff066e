"""The seed that a browser was shown, kept on the server until a code proves that the phone has it.

Were it taken from the form, whoever can alter the form could choose it.
"""

from django.http import HttpRequest

from accounts.domain.totp import SEED_BYTES
from releaseconsole.kernel import randomness, sealing


def seed_pending(request: HttpRequest, name: str) -> bytes:
    """Return the seed of this browser, drawn when it's asked for first; it rests sealed in the session."""
    kek = sealing.kek_current()
    if name not in request.session:
        request.session[name] = kek.seal(randomness.token_bytes(SEED_BYTES), context=name)
    return kek.unseal(request.session[name], context=name)


def seed_forget(request: HttpRequest, name: str) -> None:
    """Drop the seed; its authenticator has it."""
    request.session.pop(name, None)
