"""Step-up: a private key is touched only after a fresh second factor, bound to exactly what is done.

First `step_up_prove` takes a code, or what a security key signed, and writes down what it confirmed; then the
service that performs the operation calls `step_up_require` inside its own transaction. What passes between
them is the row or its id, never a boolean, so that a task in another process checks for itself. API tokens
have no part in this: they have no authenticator, and nothing here takes one.
"""

import hmac
import logging
from datetime import datetime, timedelta
from typing import Final, NoReturn
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django_otp import match_token
from django_otp.models import Device

from accounts.domain.operations import Operation
from accounts.domain.security_keys import Assertion, operation_challenge
from accounts.errors import (
    SecurityKeyRefusedError,
    SecurityKeyRequiredError,
    StepUpRefusedError,
    StepUpRequiredError,
)
from accounts.models import SecurityKey, StepUp, TOTPAuthenticator, User
from accounts.selectors.custodians import is_custodian, security_key_required
from accounts.services.security_key_assertions import assertion_verify
from compliance.ledger.domain.events import ANONYMOUS, Action, Actor, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex

COMMAND_LINE: Final = "command-line"  # no hash in hex, so no session can be taken for it
_COMMAND_LINE_REFUSAL: Final = "E-mail, password or code didn't match."
_COMMAND_LINE_NO_KEY: Final = (
    "Policy wants a security key for this, and a command line can't ask one. Confirm it in the console."
)
_log = logging.getLogger(__name__)


def step_up_prove(
    *, user: User, operation: Operation, context: str, code: str = "", assertion: Assertion | None = None
) -> StepUp:
    """Take a fresh code or assertion as the confirmation of one operation; it's used up, whatever follows.

    Never called inside another transaction: were that rolled back, a wrong code wouldn't count against the
    authenticator, and a right one could be used again.

    Args:
        user: Who confirms.
        operation: What exactly, as its page showed it.
        context: Where they do: `accounts.views.step_up.context_of` or `COMMAND_LINE`.
        code: Of their authenticator, never used before, for signing in neither.
        assertion: Of their security key, instead of a code: signed over the operation's digest.

    Raises:
        StepUpRefusedError: The code is wrong or used, the authenticator throttled or missing, the security
            key signed something else, or the person may not sign in any more. That is recorded.
        SecurityKeyRequiredError: Policy wants a security key of this person, that can't be copied and checks
            its holder. No code is used up.
    """
    now = clock.now()
    key_required = security_key_required(user, operation)
    if key_required and assertion is None:
        _refusal_record(user.actor, operation, "code", now)
        raise SecurityKeyRequiredError
    if assertion is not None:
        return _key_prove(user, operation, context, assertion, now, device_bound=key_required)
    with transaction.atomic(durable=True):
        active = User.objects.filter(pk=user.pk, is_active=True).exists()
        device = match_token(user, code) if active else None
        if isinstance(device, TOTPAuthenticator):
            return _step_up_create(user, operation, device, context, now, code_step=device.last_step)
    _refusal_record(user.actor, operation, "code", now)
    raise StepUpRefusedError


def step_up_require(*, step_up_id: UUID, user: User, operation: Operation, context: str) -> StepUp:
    """Use a confirmation up, inside the transaction of the operation that it confirms.

    The use belongs to that transaction on purpose. If it is rolled back, nothing was done, and the
    confirmation is good until it expires: a task that is tried again succeeds. Were the use committed first,
    a crash between the two would leave a confirmation spent on nothing; were it committed later, one could
    act twice.

    Args:
        step_up_id: What `step_up_prove` made.
        user: Who has it done; somebody else's confirmation doesn't count.
        operation: What would be done, computed anew under the operation's own lock.
        context: Where they asked for it; another session's confirmation doesn't count.

    Raises:
        StepUpRequiredError: There is none that fits; why is logged and nobody's business.
        RuntimeError: No transaction is open: the use would stay without the operation.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A step-up is used inside the transaction of its operation.")
    now = clock.now()
    step_up = StepUp.objects.select_for_update().filter(pk=step_up_id).first()
    if step_up is None:
        _required("unknown", operation)
    if misfit := _misfit(step_up, user, operation, context, now):
        _required(misfit, operation)
    step_up.used_at = max(now, step_up.created_at)  # a worker's clock may be a moment behind
    # A compare-and-swap beside the lock: of two at once one wins, also where rows can't be locked.
    if not StepUp.objects.filter(pk=step_up.pk, used_at=None).update(used_at=step_up.used_at):
        _required("used meanwhile", operation)
    return step_up


def step_up_use(*, step_up: StepUp, operation: Operation) -> User:
    """`step_up_require` for who holds what `step_up_prove` just returned; gives the person who acts."""
    step_up_require(step_up_id=step_up.pk, user=step_up.user, operation=operation, context=step_up.context)
    return step_up.user


def command_line_prove(*, email: str, password: str, code: str, operation: Operation) -> tuple[User, StepUp]:
    """Know a person at the command line by both factors, and take the code as their confirmation.

    What the person may do is the caller's to check.

    Raises:
        StepUpRefusedError: Address, password or code didn't match; which of them isn't told.
        SecurityKeyRequiredError: Policy wants a security key, and a command line can't ask one.
    """
    user = authenticate(None, username=email, password=password)
    if not isinstance(user, User):
        _refusal_record(ANONYMOUS, operation, "password", clock.now())
        raise StepUpRefusedError(_COMMAND_LINE_REFUSAL)
    try:
        return user, step_up_prove(user=user, operation=operation, code=code, context=COMMAND_LINE)
    except SecurityKeyRequiredError as exc:
        raise SecurityKeyRequiredError(_COMMAND_LINE_NO_KEY) from exc
    except StepUpRefusedError as exc:
        raise StepUpRefusedError(_COMMAND_LINE_REFUSAL) from exc


def _key_prove(
    user: User, operation: Operation, context: str, assertion: Assertion, now: datetime, *, device_bound: bool
) -> StepUp:
    """Take an assertion: whoever operates signing keys is verified by the key itself.

    Raises:
        StepUpRefusedError: It's no assertion over exactly this operation, by a key of this person.
        SecurityKeyRequiredError: It is, but the key can be copied.
    """
    challenge = operation_challenge(assertion.nonce, operation.digest())
    try:
        key = assertion_verify(
            challenge=challenge, data=assertion.data, user=user, verified=is_custodian(user)
        )
    except SecurityKeyRefusedError as exc:
        _refusal_record(user.actor, operation, "security_key", now)
        raise StepUpRefusedError(SecurityKeyRefusedError.title) from exc
    if device_bound and not key.device_bound:
        _refusal_record(user.actor, operation, "security_key", now)
        raise SecurityKeyRequiredError
    with transaction.atomic():
        return _step_up_create(user, operation, key, context, now, challenge=sha256_hex(challenge))


def _step_up_create(
    user: User,
    operation: Operation,
    device: TOTPAuthenticator | SecurityKey,
    context: str,
    now: datetime,
    *,
    code_step: int | None = None,
    challenge: str | None = None,
) -> StepUp:
    step_up = StepUp.objects.create(
        user=user,
        operation=operation.name,
        digest=operation.digest(),
        authenticator=device.persistent_id,
        code_step=code_step,
        challenge=challenge,
        context=context,
        created_at=now,
        expires_at=now + timedelta(seconds=settings.STEP_UP_SECONDS),
    )
    audit_record(
        action=Action.STEP_UP_PROVED,
        actor=user.actor,
        now=now,
        subject=("person", str(user.pk)),
        detail=operation.recorded(),
    )
    return step_up


def _misfit(step_up: StepUp, user: User, operation: Operation, context: str, now: datetime) -> str:
    """Say why a confirmation doesn't confirm this; empty when it does."""
    return next(
        (
            reason
            for reason, wrong in (
                ("another person's", step_up.user_id != user.pk),
                ("of another operation", not hmac.compare_digest(step_up.digest, operation.digest())),
                ("of another session", not hmac.compare_digest(step_up.context, context)),
                ("expired", now >= step_up.expires_at),
                ("used", step_up.used_at is not None),
                ("of a removed authenticator", not _is_in_use(step_up.authenticator)),
                ("by a code", step_up.challenge is None and security_key_required(user, operation)),
                ("of somebody deactivated", not User.objects.filter(pk=user.pk, is_active=True).exists()),
            )
            if wrong
        ),
        "",
    )


def _is_in_use(authenticator: str) -> bool:
    """Whether there still is such an authenticator, and it hasn't been disabled."""
    device = Device.from_persistent_id(authenticator)
    return device is not None and device.confirmed


def _required(reason: str, operation: Operation) -> NoReturn:
    _log.warning("A step-up for %s (%s) was refused: %s.", operation.name, operation.digest()[:12], reason)
    raise StepUpRequiredError


def _refusal_record(actor: Actor, operation: Operation, factor: str, now: datetime) -> None:
    audit_record(
        action=Action.STEP_UP_REFUSED,
        actor=actor,
        now=now,
        outcome=Outcome.DENIED,
        subject=("person", actor.id),
        detail={**operation.recorded(), "factor": factor},
    )
