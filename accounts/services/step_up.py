"""Step-up: a private key is touched only after a fresh second factor, bound to exactly what is done.

First `step_up_prove` takes a code and writes down what it confirmed; then the service that performs the
operation calls `step_up_require` inside its own transaction. What passes between them is the row or its id,
never a boolean, so that a task in another process checks for itself. API tokens have no part in this: they
have no authenticator, and nothing here takes one.
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
from accounts.errors import StepUpRefusedError, StepUpRequiredError
from accounts.models import StepUp, TOTPAuthenticator, User
from compliance.ledger.domain.events import ANONYMOUS, Action, Actor, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

COMMAND_LINE: Final = "command-line"  # no hash in hex, so no session can be taken for it
_COMMAND_LINE_REFUSAL: Final = "E-mail, password or code didn't match."
_log = logging.getLogger(__name__)


def step_up_prove(*, user: User, operation: Operation, code: str, context: str) -> StepUp:
    """Take a fresh code as the confirmation of one operation; it's used up, whatever comes of the operation.

    Never called inside another transaction: were that rolled back, a wrong code wouldn't count against the
    authenticator, and a right one could be used again.

    Args:
        user: Who confirms.
        operation: What exactly, as its page showed it.
        code: Of their authenticator, never used before, for signing in neither.
        context: Where they do: `accounts.views.step_up.context_of` or `COMMAND_LINE`.

    Raises:
        StepUpRefusedError: The code is wrong or used, the authenticator throttled or missing, or the person
            may not sign in any more. That is recorded.
    """
    now = clock.now()
    with transaction.atomic(durable=True):
        active = User.objects.filter(pk=user.pk, is_active=True).exists()
        device = match_token(user, code) if active else None
        if isinstance(device, TOTPAuthenticator):
            return _step_up_create(user, operation, device, context, now)
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
    """
    user = authenticate(None, username=email, password=password)
    if not isinstance(user, User):
        _refusal_record(ANONYMOUS, operation, "password", clock.now())
        raise StepUpRefusedError(_COMMAND_LINE_REFUSAL)
    try:
        return user, step_up_prove(user=user, operation=operation, code=code, context=COMMAND_LINE)
    except StepUpRefusedError as exc:
        raise StepUpRefusedError(_COMMAND_LINE_REFUSAL) from exc


def _step_up_create(
    user: User, operation: Operation, device: TOTPAuthenticator, context: str, now: datetime
) -> StepUp:
    step_up = StepUp.objects.create(
        user=user,
        operation=operation.name,
        digest=operation.digest(),
        authenticator=device.persistent_id,
        code_step=device.last_step,
        context=context,
        created_at=now,
        expires_at=now + timedelta(seconds=settings.STEP_UP_SECONDS),
    )
    audit_record(
        action=Action.STEP_UP_PROVED,
        actor=user.actor,
        now=now,
        subject=("person", str(user.pk)),
        detail=_detail(operation),
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
                ("of a removed authenticator", Device.from_persistent_id(step_up.authenticator) is None),
                ("of somebody deactivated", not User.objects.filter(pk=user.pk, is_active=True).exists()),
            )
            if wrong
        ),
        "",
    )


def _detail(operation: Operation) -> dict[str, str]:
    return {"operation": operation.name, "digest": operation.digest()}


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
        detail={**_detail(operation), "factor": factor},
    )
