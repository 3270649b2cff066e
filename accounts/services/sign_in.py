"""Signing in with two factors at once, and out again."""

from typing import NoReturn

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django_otp import match_token

from accounts.errors import ProofRefusedError
from accounts.models import TOTPAuthenticator, User
from accounts.services.sessions import session_signed_out
from compliance.ledger.domain.events import ANONYMOUS, Action, Actor, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


def person_authenticate(
    *, request: HttpRequest, email: str, password: str, code: str
) -> tuple[User, TOTPAuthenticator]:
    """Check password and one-time code together; callers tell nobody which of them was wrong.

    An unknown address costs a password hash too, so that the time taken doesn't tell whether somebody
    exists. The code is looked at only after the right password: a stranger can neither use up a colleague's
    code nor throttle their authenticator.

    Raises:
        ProofRefusedError: Address, password or code didn't match, or the authenticator is throttled.
    """
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        _refused(ANONYMOUS, "password")
    device = match_token(user, code)
    if not isinstance(device, TOTPAuthenticator):
        _refused(user.actor, "code")
    with transaction.atomic():
        audit_record(
            action=Action.SIGNED_IN,
            actor=user.actor,
            now=clock.now(),
            detail={"authenticator": device.pk, "kind": "totp"},
        )
    return user, device


def sign_out_record(*, user: User, key: str) -> None:
    """Put on record that somebody ends their session, known by its key."""
    with transaction.atomic():
        session_signed_out(user=user, key=key)
        audit_record(action=Action.SIGNED_OUT, actor=user.actor, now=clock.now())


def _refused(actor: Actor, factor: str) -> NoReturn:
    audit_record(
        action=Action.SIGN_IN_REFUSED,
        actor=actor,
        now=clock.now(),
        outcome=Outcome.DENIED,
        detail={"factor": factor},
    )
    raise ProofRefusedError
