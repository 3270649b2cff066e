"""Challenges of WebAuthn between two requests: in the server's session, for minutes, taken out once."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.http import HttpRequest

from accounts.domain.security_keys import CHALLENGE_LIFETIME
from accounts.errors import SecurityKeyRefusedError
from releaseconsole.kernel import clock


class Purpose(StrEnum):
    """What a challenge is for; one made for something else isn't good."""

    REGISTER = "register"
    PASSKEY = "passkey"
    SECOND_FACTOR = "second_factor"
    STEP_UP = "step_up"


def challenge_keep(request: HttpRequest, purpose: Purpose, state: dict[str, Any]) -> None:
    """Keep a ceremony's state; an earlier one of the same purpose is forgotten."""
    until = (clock.now() + CHALLENGE_LIFETIME).timestamp()
    request.session[_key(purpose)] = {"state": state, "until": until}


def challenge_take(request: HttpRequest, purpose: Purpose) -> dict[str, Any]:
    """Take a ceremony's state out of the session, before anything is checked: an attempt uses it up.

    Raises:
        SecurityKeyRefusedError: There is none, or it's older than five minutes.
    """
    kept = request.session.pop(_key(purpose), None)
    if kept is None:
        raise SecurityKeyRefusedError
    request.session.save()  # also where what follows ends in an error, after which Django saves nothing
    if clock.now() >= datetime.fromtimestamp(kept["until"], tz=UTC):
        raise SecurityKeyRefusedError
    state: dict[str, Any] = kept["state"]
    return state


def _key(purpose: Purpose) -> str:
    return f"webauthn_{purpose.value}"
