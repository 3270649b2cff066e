"""Recovery codes: ten on paper, made as a whole, shown once, each good for one sign-in.

NIST SP 800-63B-4, section 4.2.1.1 asks for 64 bits, hashing, throttling, single use and a notice; here it's
80 bits and HMAC-SHA-256 under a sealed pepper. A session that one of them opens can't confirm operations.
"""

import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NoReturn

from django.db import transaction

from accounts.domain.assurance import AuthenticatorKind
from accounts.domain.recovery_codes import (
    CODE_BYTES,
    CODES,
    FEW,
    recovery_code_read,
    recovery_code_spell,
)
from accounts.errors import RecoveryCodeRefusedError
from accounts.models import RecoveryCode, RecoveryCodeDevice, User
from accounts.models.recovery_codes import recovery_code_hmac
from accounts.services.authenticator_records import record_bound, record_removed
from accounts.services.mail import letter_write
from compliance.ledger.domain.events import Action, Actor, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock, randomness

SET_NAME: Final = "Recovery codes"
_PEPPER_BYTES: Final = 32


def recovery_codes_replace(*, user: User, actor: Actor, now: datetime) -> list[str]:
    """Make a new set inside the caller's transaction; the old one stops with all its codes.

    The caller has made sure of the person: `accounts.services.authenticators.recovery_codes_make`, or an
    enrolment that proved both factors just now.

    Returns:
        The codes, to be shown once and kept nowhere.
    """
    User.objects.select_for_update().get(pk=user.pk)  # two at once make two sets, one after the other
    for old in RecoveryCodeDevice.objects.filter(user=user):
        record_removed(authenticator=old.persistent_id, by=actor, why="replaced by new codes", now=now)
        old.delete()
    secrets = [randomness.token_bytes(CODE_BYTES) for _ in range(CODES)]
    device = _device_create(user, secrets, now)
    record_bound(
        user=user,
        kind=AuthenticatorKind.RECOVERY_CODE,
        authenticator=device.persistent_id,
        name=SET_NAME,
        facts={"codes": CODES},
        now=now,
    )
    audit_record(
        action=Action.RECOVERY_CODES_MADE,
        actor=actor,
        now=now,
        subject=("person", str(user.pk)),
        detail={"authenticator": device.persistent_id, "codes": CODES},
    )
    letter_write(to=user, template="recovery_codes_made", context={"codes": CODES, "now": now})
    return [recovery_code_spell(secret) for secret in secrets]


def recovery_code_use(*, user: User, code: str) -> RecoveryCode:
    """Take a recovery code as the second factor of a sign-in, whose first factor was proved just before.

    Never called inside another transaction: were that rolled back, a wrong code wouldn't count.

    Returns:
        The code; `device` is what opens the session.

    Raises:
        RecoveryCodeRefusedError: Wrong, used, of an earlier set, throttled, or the person may not sign in.
            That is recorded.
    """
    now = clock.now()
    secret = recovery_code_read(code)
    with transaction.atomic(durable=True):
        used = _use(user, secret, now) if secret is not None else None
        if used is not None:
            _use_tell(user, used, now)
    if used is None:
        _refused(user, now)
    return used


def _device_create(user: User, secrets: Iterable[bytes], now: datetime) -> RecoveryCodeDevice:
    pepper = randomness.token_bytes(_PEPPER_BYTES)
    device = RecoveryCodeDevice(user=user, name=SET_NAME, confirmed=True, created_at=now)
    device.pepper_set(pepper)
    device.save()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(device=device, code_hmac=recovery_code_hmac(pepper, secret)) for secret in secrets
    )
    return device


def _use(user: User, secret: bytes, now: datetime) -> RecoveryCode | None:
    device = (
        RecoveryCodeDevice.objects
        .select_for_update()
        .filter(user_id=user.pk, user__is_active=True, confirmed=True)
        .first()
    )
    if device is None or not device.may_try(now):
        return None
    matched = _matching(device, secret)
    # A compare-and-swap beside the lock: of two at once one wins, also where rows can't be locked.
    if matched is None or not RecoveryCode.objects.filter(pk=matched.pk, used_at=None).update(used_at=now):
        device.throttle_increment()
        return None
    device.last_used_at = now
    device.throttle_reset(commit=False)
    device.save(update_fields=["last_used_at", "throttling_failure_timestamp", "throttling_failure_count"])
    matched.used_at, matched.device = now, device
    return matched


def _matching(device: RecoveryCodeDevice, secret: bytes) -> RecoveryCode | None:
    """Compare with every code of the set, each in constant time, wherever the match is."""
    hashed = recovery_code_hmac(device.pepper_read(), secret)
    matched = None
    for code in device.codes.all():
        if hmac.compare_digest(code.code_hmac, hashed):
            matched = code
    return matched


def _use_tell(user: User, used: RecoveryCode, now: datetime) -> None:
    device = used.device
    subject, detail = ("person", str(user.pk)), {"authenticator": device.persistent_id, "left": device.left}
    audit_record(action=Action.RECOVERY_CODE_USED, actor=user.actor, now=now, subject=subject, detail=detail)
    audit_record(
        action=Action.SIGNED_IN,
        actor=user.actor,
        now=now,
        detail={"authenticator": device.pk, "kind": device.assurance_kind.value},
    )
    letter_write(
        to=user,
        template="recovery_code_used",
        context={"left": device.left, "is_low": device.left <= FEW, "now": now},
    )


def _refused(user: User, now: datetime) -> NoReturn:
    audit_record(
        action=Action.SIGN_IN_REFUSED,
        actor=user.actor,
        now=now,
        outcome=Outcome.DENIED,
        detail={"factor": "recovery_code"},
    )
    raise RecoveryCodeRefusedError
