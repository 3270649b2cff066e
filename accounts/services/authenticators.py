"""What a person does to their own authenticators, each behind both factors, on record and told by mail.

NIST SP 800-63B-4, section 4.1.2: who adds an authenticator proves themselves at the highest level available,
and hears of it by another way. OWASP ASVS 5.0, 7.5.1: full re-authentication before factors change.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django_otp.models import Device
from django_otp.oath import TOTP

from accounts.domain.assurance import AuthenticatorKind
from accounts.domain.authenticator_rules import FULL_KINDS, removal_refusal
from accounts.domain.operations import Operation
from accounts.domain.totp import DIGITS, PERIOD_SECONDS
from accounts.errors import (
    AuthenticatorRefusedError,
    CodeRefusedError,
    ProofRefusedError,
    StepUpRequiredError,
)
from accounts.models import ConsoleSession, RecoveryCode, StepUp, TOTPAuthenticator, User
from accounts.selectors.authenticators import (
    KIND_WORDS,
    authenticator_of,
    authenticators_held,
    keeps_security_key,
    kind_of,
    recovery_codes_of,
)
from accounts.services.authenticator_records import record_removed
from accounts.services.mail import letter_write
from accounts.services.people import totp_enrol
from accounts.services.recovery_codes import recovery_codes_replace
from accounts.services.step_up import step_up_use
from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex

# Time enough to fetch a telephone, install an app and scan a code.
RECOVERY_WINDOW: Final = timedelta(minutes=15)


def password_prove(*, user: User, password: str, operation: Operation) -> None:
    """Check the first factor for one operation, after the second one was proved.

    In this order a stolen session is no place to guess passwords at: each guess costs a fresh code.

    Raises:
        ProofRefusedError: It isn't the person's password. That is recorded.
    """
    if User.objects.get(pk=user.pk).check_password(password):
        return
    audit_record(
        action=Action.STEP_UP_REFUSED,
        actor=user.actor,
        now=clock.now(),
        outcome=Outcome.DENIED,
        subject=("person", str(user.pk)),
        detail={**operation.recorded(), "factor": "password"},
    )
    raise ProofRefusedError("The password didn't match.")


def totp_add_operation(*, user: User, seed: bytes) -> Operation:
    """Say what is confirmed when this very generator is added."""
    facts = {"person": user.pk, "kind": AuthenticatorKind.TOTP.value, "seed_sha256": sha256_hex(seed)}
    return Operation("accounts:authenticator:add", facts)


def totp_code_require(*, seed: bytes, code: str) -> None:
    """Check a new generator's code before the page uses up the proof of the present ones.

    Raises:
        CodeRefusedError: The code isn't one of the seed's.
    """
    totp = TOTP(seed, PERIOD_SECONDS, 0, DIGITS, 0)
    totp.time = clock.epoch_seconds()
    if not (code.isascii() and code.isdigit() and totp.verify(int(code), TOTPAuthenticator.TOLERANCE)):
        raise CodeRefusedError


def totp_add(
    *, user: User, seed: bytes, name: str, code: str, proof: StepUp | RecoveryCode | ConsoleSession
) -> TOTPAuthenticator:
    """Add a TOTP generator of one's own.

    Args:
        user: Whose it becomes.
        seed: What their phone was shown, from the server's own session.
        name: As they call it.
        code: Of the new generator; it's used up.
        proof: A confirmation of this operation; or, from who has nothing else left, the recovery code with
            which they signed in just before (their password was asked again by the page); or, for the first
            authenticator of all, the session for which an identity provider just vouched.

    Raises:
        CodeRefusedError: The code isn't one of the seed's.
        StepUpRequiredError: The proof doesn't confirm this, or the recovery code is too old or another's.
    """
    now = clock.now()
    with transaction.atomic():
        facts = {"proved_by": _addition_require(proof, user, seed, now)}
        authenticator = totp_enrol(user=user, seed=seed, name=name, actor=user.actor, facts=facts)
        if not authenticator.verify_token(code):
            raise CodeRefusedError
        _tell(user, "added", AuthenticatorKind.TOTP, name, now)
    return authenticator


def authenticator_operation(*, user: User, device: Device, what: str) -> Operation:
    """Say what is confirmed when one is renamed or removed (`what` is `rename` or `remove`).

    The name is the present one. A new one isn't part of it: it's typed on the page that is confirmed.
    """
    facts = {"person": user.pk, "authenticator": device.persistent_id, "name": device.name}
    return Operation(f"accounts:authenticator:{what}", facts)


def authenticator_rename(*, user: User, model: str, pk: int, name: str, step_up: StepUp) -> None:
    """Call one of one's own authenticators something else; the record keeps the name that it was bound with.

    Raises:
        AuthenticatorRefusedError: There is no such one.
        StepUpRequiredError: The confirmation doesn't fit.
    """
    now = clock.now()
    with transaction.atomic():
        device = _own(user, model, pk)
        _own_use(step_up, user, authenticator_operation(user=user, device=device, what="rename"))
        device.name = name
        device.save(update_fields=["name"])
        _audit(Action.AUTHENTICATOR_RENAMED, user, device, now)
        _tell(user, "renamed", kind_of(device), name, now)


def authenticator_remove(*, user: User, model: str, pk: int, step_up: StepUp) -> None:
    """Remove one of one's own authenticators; sessions that it opened are none any more.

    Raises:
        AuthenticatorRefusedError: It's the last one, the last security key of a custodian, or there is none.
        StepUpRequiredError: The confirmation doesn't fit.
    """
    now = clock.now()
    with transaction.atomic():
        device = _own(user, model, pk)
        removal_require(user=user, device=device)
        _own_use(step_up, user, authenticator_operation(user=user, device=device, what="remove"))
        record_removed(authenticator=device.persistent_id, by=user.actor, why="removed by its owner", now=now)
        _audit(Action.AUTHENTICATOR_REMOVED, user, device, now)
        _tell(user, "removed", kind_of(device), device.name, now)
        device.delete()


def removal_require(*, user: User, device: Device) -> None:
    """Ask the rules whether an authenticator can go.

    Raises:
        AuthenticatorRefusedError: It can't; the message says why.
    """
    refusal = removal_refusal(
        authenticators_held(user=user),
        removed=device.persistent_id,
        keeps_security_key=keeps_security_key(user=user),
    )
    if refusal:
        raise AuthenticatorRefusedError(refusal)


def recovery_codes_operation(*, user: User) -> Operation:
    """Say what is confirmed when new codes take the place of those that there are."""
    present = recovery_codes_of(user=user)
    replaces = present.persistent_id if present else ""
    return Operation("accounts:recovery_codes:make", {"person": user.pk, "replaces": replaces})


def recovery_codes_make(*, user: User, step_up: StepUp) -> list[str]:
    """Make a person's new recovery codes; the old ones stop.

    Returns:
        The codes, to be shown once and kept nowhere.

    Raises:
        StepUpRequiredError: The confirmation doesn't fit.
    """
    now = clock.now()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        _own_use(step_up, user, recovery_codes_operation(user=user))
        return recovery_codes_replace(user=user, actor=user.actor, now=now)


def _own_use(step_up: StepUp, user: User, operation: Operation) -> None:
    """Use a confirmation up that somebody gave for what is their own.

    Raises:
        StepUpRequiredError: It doesn't fit, or somebody else gave it.
    """
    if step_up_use(step_up=step_up, operation=operation) != user:
        raise StepUpRequiredError


def _own(user: User, model: str, pk: int) -> Device:
    """Find one of the person's authenticators under their row's lock: two removals can't leave them none.

    Raises:
        AuthenticatorRefusedError: There is no such one.
    """
    User.objects.select_for_update().get(pk=user.pk)
    device = authenticator_of(user=user, model=model, pk=pk)
    if device is None:
        raise AuthenticatorRefusedError("There is no such authenticator.")
    return device


def _addition_require(
    proof: StepUp | RecoveryCode | ConsoleSession, user: User, seed: bytes, now: datetime
) -> str:
    """Use up what lets a generator be added; name it for the record.

    Raises:
        StepUpRequiredError: It isn't good for this.
    """
    if isinstance(proof, RecoveryCode):
        _recovery_code_require(proof, user, now)
        return "recovery_code"
    if isinstance(proof, StepUp):
        _own_use(proof, user, totp_add_operation(user=user, seed=seed))
        return "step_up"
    User.objects.select_for_update().get(pk=user.pk)  # of two first ones at once one is the first
    # Blocked ones count: whoever gets a key blocked mustn't get to add their own.
    has_any = any(each.kind in FULL_KINDS for each in authenticators_held(user=user))
    if has_any or proof.user_id != user.pk:
        raise StepUpRequiredError
    provider_session_require(session=proof)
    return "identity_provider"


def provider_session_require(*, session: ConsoleSession) -> None:
    """Make sure that an identity provider vouched for both factors of this session, a moment ago.

    Raises:
        StepUpRequiredError: It didn't, or that was too long ago, or the session is over.
    """
    fits = (
        session.kind == AuthenticatorKind.IDENTITY_PROVIDER
        and session.ended_at is None
        and clock.now() < session.proved_at + RECOVERY_WINDOW
    )
    if not fits:
        raise StepUpRequiredError(
            "Sign in at your identity provider again; then you have a quarter of an hour."
        )


def _recovery_code_require(code: RecoveryCode, user: User, now: datetime) -> None:
    fits = (
        code.device.user_id == user.pk
        and code.used_at is not None
        and now < code.used_at + RECOVERY_WINDOW
        and User.objects.filter(pk=user.pk, is_active=True).exists()
    )
    if not fits:
        raise StepUpRequiredError("The recovery code was used too long ago: sign in with another one.")


def _audit(action: Action, user: User, device: Device, now: datetime) -> None:
    detail: Mapping[str, Any] = {
        "kind": kind_of(device).value,
        "authenticator": device.persistent_id,
    }
    audit_record(action=action, actor=user.actor, now=now, subject=("person", str(user.pk)), detail=detail)


def _tell(user: User, what: str, kind: AuthenticatorKind, name: str, now: datetime) -> None:
    context = {"what": what, "kind": KIND_WORDS[kind].lower(), "name": name, "now": now}
    letter_write(to=user, template="authenticator_changed", context=context)
