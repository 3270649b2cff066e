"""Signing in with a security key: a passkey from the first page, a second factor on the next one.

Every failure has one answer, whatever failed; the audit log and the server's log have more.
"""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from accounts.domain.security_keys import Assertion
from accounts.errors import SecurityKeyRefusedError
from accounts.models import User
from accounts.selectors.custodians import is_custodian
from accounts.services.security_key_assertions import assertion_options
from accounts.services.security_key_ceremony import challenge_of
from accounts.services.security_key_sign_in import passkey_authenticate, security_key_authenticate
from accounts.views.challenges import Purpose, challenge_keep, challenge_take
from accounts.views.json_exchange import address_within, json_body, json_exchange
from accounts.views.pending import pending_finish, pending_user
from accounts.views.session import session_open
from accounts.views.source import source_of


@json_exchange
def passkey_begin(request: HttpRequest) -> dict[str, Any]:
    """Give a challenge to whoever asks: it says nothing about anybody."""
    options = assertion_options(user=None, verified=True)
    challenge_keep(request, Purpose.PASSKEY, {"challenge": options["challenge"]})
    return options


@json_exchange
def passkey(request: HttpRequest) -> dict[str, Any]:
    """Open the session of whoever holds this passkey, and say where to go."""
    body = json_body(request)
    user, key = passkey_authenticate(
        assertion=assertion_taken(request, Purpose.PASSKEY, body), source=source_of(request)
    )
    session_open(request, user, key)
    return {"next": address_within(request, body.get("next"), reverse("admin:index"))}


@json_exchange
def second_factor_key_begin(request: HttpRequest) -> dict[str, Any]:
    """Give a challenge to somebody whose password was right, with the ids of their keys."""
    user = _pending(request)
    options = assertion_options(user=user, verified=is_custodian(user))
    challenge_keep(request, Purpose.SECOND_FACTOR, {"challenge": options["challenge"], "person": user.pk})
    return options


@json_exchange
def second_factor_key(request: HttpRequest) -> HttpResponseRedirect:
    """Open the session of somebody whose password was right, with a key of theirs."""
    body, user = json_body(request), _pending(request)
    key = security_key_authenticate(
        user=user, assertion=assertion_taken(request, Purpose.SECOND_FACTOR, body, person=user)
    )
    return pending_finish(request, user, key)


def assertion_taken(
    request: HttpRequest, purpose: Purpose, body: dict[str, Any], *, person: User | None = None
) -> Assertion:
    """Put the browser's answer beside the challenge that this session was given, which is used up by it.

    Raises:
        SecurityKeyRefusedError: There is no such challenge any more, it was given to somebody else, or there
            is no answer.
    """
    state = challenge_take(request, purpose)
    data = body.get("credential")
    if not isinstance(data, dict) or (person is not None and state.get("person") != person.pk):
        raise SecurityKeyRefusedError
    return Assertion(challenge_of(state), data)


def _pending(request: HttpRequest) -> User:
    user = pending_user(request)
    if user is None:
        raise SecurityKeyRefusedError
    return user
