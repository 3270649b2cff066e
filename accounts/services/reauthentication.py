"""Full re-authentication: both factors anew, before what could take an account over (ASVS 5.0, 7.5.1)."""

from collections.abc import Callable
from typing import NoReturn

from django.db import transaction
from django_otp import match_token
from django_otp.models import Device

from accounts.domain.throttling import Source
from accounts.errors import ReauthenticationError
from accounts.models import TOTPAuthenticator, User
from accounts.services.throttle import attempt_begin, attempt_succeeded, password_places
from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

Proof = Callable[[User], Device | None]
"""Checks a person's second factor, once, and names the authenticator; None when it's wrong or not theirs."""


def code_proof(code: str) -> Proof:
    """Take a one-time code as the second factor."""

    def check(user: User) -> Device | None:
        device = match_token(user, code)
        return device if isinstance(device, TOTPAuthenticator) else None

    return check


def reauthenticate(*, user: User, password: str, proof: Proof, purpose: str, source: Source) -> Device:
    """Prove a signed-in person anew, by password and second factor; whatever comes of it is on record.

    Never called inside another transaction: were that rolled back, a wrong attempt wouldn't count.

    Args:
        user: Who is signed in.
        password: Theirs.
        proof: Of the second factor: `code_proof(code)`, or what checks a security key's assertion. It's
            looked at only after the right password.
        purpose: What it's for, as the audit log spells actions.
        source: Whence, for throttling.

    Returns:
        The authenticator that proved them.

    Raises:
        ReauthenticationError: One of the two didn't match, or the person may not sign in any more.
        ThrottledError: Too many failed before.
    """
    places = password_places(email=user.email, person=user, source=source)
    attempt_begin(places)
    current = User.objects.filter(pk=user.pk, is_active=True).first()
    if current is None or not current.check_password(password):
        _refused(user, purpose, "password")
    attempt_succeeded(places)
    device = proof(current)
    if device is None:
        _refused(user, purpose, "second_factor")
    with transaction.atomic():
        audit_record(
            action=Action.STEP_UP_PROVED,
            actor=user.actor,
            now=clock.now(),
            subject=("person", str(user.pk)),
            detail={"operation": purpose, "factors": "both", "authenticator": device.persistent_id},
        )
    return device


def _refused(user: User, purpose: str, factor: str) -> NoReturn:
    audit_record(
        action=Action.STEP_UP_REFUSED,
        actor=user.actor,
        now=clock.now(),
        outcome=Outcome.DENIED,
        subject=("person", str(user.pk)),
        detail={"operation": purpose, "factor": factor},
    )
    raise ReauthenticationError
