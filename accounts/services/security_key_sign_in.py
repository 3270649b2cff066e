"""Signing in with a security key: as the second factor, or as a passkey that is both factors at once."""

from django.db import transaction

from accounts.domain.assurance import AuthenticatorKind
from accounts.domain.security_keys import Assertion
from accounts.domain.throttling import Source
from accounts.errors import SecurityKeyRefusedError
from accounts.models import SecurityKey, User
from accounts.selectors.custodians import is_custodian
from accounts.services.security_key_assertions import assertion_verify
from accounts.services.throttle import failure_has_room
from compliance.ledger.domain.events import ANONYMOUS, Action, Actor, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


def passkey_authenticate(*, assertion: Assertion, source: Source) -> tuple[User, SecurityKey]:
    """Know a person by their passkey alone: what they have, unlocked by what they know or are.

    Raises:
        SecurityKeyRefusedError: It doesn't hold; nobody is told why.
    """
    try:
        key = assertion_verify(challenge=assertion.nonce, data=assertion.data, user=None, verified=True)
    except SecurityKeyRefusedError:
        if failure_has_room(source=source):
            _refusal_record(ANONYMOUS, "passkey")
        raise
    security_key_sign_in_record(key=key)
    return key.user, key


def security_key_authenticate(*, user: User, assertion: Assertion) -> SecurityKey:
    """Take a security key as the second factor of somebody whose password was right a moment ago.

    Raises:
        SecurityKeyRefusedError: It doesn't hold; nobody is told why.
    """
    try:
        key = assertion_verify(
            challenge=assertion.nonce, data=assertion.data, user=user, verified=is_custodian(user)
        )
    except SecurityKeyRefusedError:
        _refusal_record(user.actor, "security_key")
        raise
    security_key_sign_in_record(key=key)
    return key


def security_key_sign_in_record(*, key: SecurityKey) -> None:
    """Put on record that a security key opens a session."""
    with transaction.atomic():
        audit_record(
            action=Action.SIGNED_IN,
            actor=key.user.actor,
            now=clock.now(),
            detail={
                "authenticator": key.pk,
                "kind": AuthenticatorKind.SECURITY_KEY.value,
                "user_verified": key.user_verified,
                "device_bound": key.device_bound,
            },
        )


def _refusal_record(actor: Actor, factor: str) -> None:
    audit_record(
        action=Action.SIGN_IN_REFUSED,
        actor=actor,
        now=clock.now(),
        outcome=Outcome.DENIED,
        detail={"factor": factor},
    )
