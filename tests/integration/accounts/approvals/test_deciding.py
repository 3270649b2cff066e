"""What one person asked for and another decides: who may, until when, and what exactly they confirm."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings

from accounts.domain.approvals import ApprovalState
from accounts.errors import (
    ApprovalStateError,
    ApprovalUnknownError,
    PermissionDeniedError,
    ReasonMissingError,
    SelfApprovalError,
    StepUpRequiredError,
)
from accounts.models import ApprovalRequest, Letter, StepUp, User
from accounts.services.approvals import (
    approval_give,
    approval_give_operation,
    approval_reject,
    approval_withdraw,
)
from accounts.tasks import approvals_expire as approvals_expire_task
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.approving import (
    Renaming,
    ask,
    give,
    name_of,
    proof,
    state,
)
from tests.support.people import person
from tests.support.shipping import recorded


def test_a_second_person_approves_and_it_is_done_in_the_name_of_the_first(
    asked: ApprovalRequest, renaming: Renaming, kai: User, kim: User, olaf: User
) -> None:
    row = give(asked, kim)
    assert name_of(olaf) == "Olof"
    assert (state(row), row.decided_by, row.outcome) == (ApprovalState.EXECUTED, kim, "Renamed to Olof.")
    assert row.approver_step_up == StepUp.objects.get(user=kim)
    assert row.approver_step_up.used_at is not None
    assert renaming.runs == 1
    [event] = recorded(Action.APPROVAL_GIVEN)
    assert (event.actor_id, event.object_id) == (str(kim.pk), str(row.pk))
    assert event.detail["requested_by"] == str(kai.pk)
    assert "approved and carried out" in Letter.objects.get(person=kai).subject


def test_nobody_approves_their_own_request(asked: ApprovalRequest, kai: User, olaf: User) -> None:
    with (
        time_machine.travel(clock.now() + timedelta(seconds=30), tick=False),
        pytest.raises(SelfApprovalError),
    ):
        give(asked, kai)
    assert (state(asked), name_of(olaf)) == (ApprovalState.PENDING, "Olaf")


def test_nobody_approves_what_is_about_themselves(
    rules: None, renaming: Renaming, kai: User, kim: User
) -> None:
    row = ask(kai, kim, "Kimberly")
    assert not Letter.objects.exists()
    with pytest.raises(SelfApprovalError):
        give(row, kim)
    assert (state(row), name_of(kim)) == (ApprovalState.PENDING, "Kim")


def test_who_may_not_do_it_may_not_approve_it(asked: ApprovalRequest, ada: User, olaf: User) -> None:
    with pytest.raises(PermissionDeniedError):
        give(asked, ada)
    assert (state(asked), name_of(olaf)) == (ApprovalState.PENDING, "Olaf")


def _deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _take_roles(user: User) -> None:
    user.groups.clear()


@pytest.mark.parametrize("lose", [_deactivate, _take_roles])
@pytest.mark.parametrize("who", ["requester", "approver"])
def test_who_lost_their_right_in_between_counts_no_more(
    asked: ApprovalRequest, kai: User, kim: User, olaf: User, who: str, lose: Callable[[User], None]
) -> None:
    step_up = proof(kim, approval_give_operation(asked))
    lose(kai if who == "requester" else kim)
    with pytest.raises((PermissionDeniedError, StepUpRequiredError)):
        approval_give(request_id=asked.pk, step_up=step_up)
    assert (state(asked), name_of(olaf)) == (ApprovalState.PENDING, "Olaf")


@pytest.mark.parametrize("over", [state for state in ApprovalState if state is not ApprovalState.PENDING])
def test_what_is_over_is_not_decided_again(
    asked: ApprovalRequest, renaming: Renaming, kai: User, kim: User, olaf: User, over: ApprovalState
) -> None:
    """The whole table: from none of the ends does anything lead anywhere."""
    step_up = proof(kim, approval_give_operation(asked))
    used = proof(person("kurt"), approval_give_operation(asked))
    decided: dict[str, Any] = {"state": over.value, "decided_at": clock.now()}
    if over in {ApprovalState.EXECUTED, ApprovalState.REJECTED}:
        decided |= {"decided_by": used.user, "approver_step_up": used}
    ApprovalRequest.objects.update(**decided)
    decisions: list[Callable[[], object]] = [
        lambda: approval_give(request_id=asked.pk, step_up=step_up),
        lambda: approval_reject(request_id=asked.pk, user=kim, reason="No."),
        lambda: approval_withdraw(request_id=asked.pk, user=kai),
    ]
    for decide in decisions:
        with pytest.raises(ApprovalStateError):
            decide()
    assert (state(asked), renaming.runs, name_of(olaf)) == (over, 0, "Olaf")


@pytest.mark.parametrize(
    ("late", "good"), [pytest.param(-1, True, id="in time"), pytest.param(0, False, id="too late")]
)
def test_a_request_expires(
    rules: None,
    renaming: Renaming,
    kai: User,
    kim: User,
    olaf: User,
    late: int,
    good: bool,  # noqa: FBT001 (a table)
) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        row = ask(kai, olaf)
        time.shift(settings.APPROVAL_HOURS * 3600 + late)
        if good:
            give(row, kim)
            return
        assert row.state_at(clock.now()) is ApprovalState.EXPIRED
        with pytest.raises(ApprovalStateError):
            give(row, kim)
    assert (state(row), name_of(olaf)) == (ApprovalState.EXPIRED, "Olaf")
    [event] = recorded(Action.APPROVAL_EXPIRED)
    assert event.actor_kind == "system"


def test_the_worker_writes_down_what_has_expired(asked: ApprovalRequest) -> None:
    approvals_expire_task()
    assert state(asked) is ApprovalState.PENDING
    with time_machine.travel(asked.expires_at, tick=False):
        approvals_expire_task()
        approvals_expire_task()
    assert state(asked) is ApprovalState.EXPIRED
    assert len(recorded(Action.APPROVAL_EXPIRED)) == 1


def test_no_setting_lets_a_request_wait_for_longer_than_a_day() -> None:
    assert settings.APPROVAL_HOURS <= 24


def test_an_unknown_request_is_not_found(renaming: Renaming, kim: User, asked: ApprovalRequest) -> None:
    step_up = proof(kim, approval_give_operation(asked))
    with pytest.raises(ApprovalUnknownError):
        approval_give(request_id=UUID(int=1), step_up=step_up)


def test_an_approvers_confirmation_is_of_one_request(
    asked: ApprovalRequest, kai: User, kim: User, olaf: User
) -> None:
    with time_machine.travel(clock.now() + timedelta(seconds=30), tick=False):
        other = ask(kai, olaf, "Olov")
    step_up = proof(kim, approval_give_operation(other))
    with pytest.raises(StepUpRequiredError):
        approval_give(request_id=asked.pk, step_up=step_up)
    assert state(asked) is ApprovalState.PENDING


def test_a_confirmation_of_the_operation_itself_approves_nothing(asked: ApprovalRequest, kim: User) -> None:
    """Otherwise who was asked to do something would have approved what somebody else asked for."""
    step_up = proof(kim, asked.subject)
    with pytest.raises(StepUpRequiredError):
        approval_give(request_id=asked.pk, step_up=step_up)


def test_an_approvers_confirmation_is_used_once(
    asked: ApprovalRequest, kim: User, olaf: User, kai: User
) -> None:
    step_up = proof(kim, approval_give_operation(asked))
    approval_give(request_id=asked.pk, step_up=step_up)
    ApprovalRequest.objects.all().update(
        state="pending", decided_by=None, decided_at=None, approver_step_up=None, outcome=""
    )
    with pytest.raises(StepUpRequiredError):
        approval_give(request_id=asked.pk, step_up=step_up)


@pytest.mark.parametrize("column", ["digest", "facts", "operation"])
def test_a_request_that_was_changed_in_the_database_is_not_carried_out(
    asked: ApprovalRequest, renaming: Renaming, kim: User, olaf: User, column: str
) -> None:
    """Swapped before the approver looks: what they confirm is what they see, not what was asked."""
    swapped = {
        "digest": "0" * 64,
        "facts": asked.facts | {"after": "Oscar"},
        "operation": "tests:person:erase",
    }
    ApprovalRequest.objects.update(**{column: swapped[column]})
    asked.refresh_from_db()
    with pytest.raises(ApprovalStateError):
        give(asked, kim)
    assert (renaming.runs, name_of(olaf)) == (0, "Olaf")


def test_facts_and_digest_swapped_after_the_approver_looked_void_their_confirmation(
    asked: ApprovalRequest, renaming: Renaming, kim: User, olaf: User
) -> None:
    step_up = proof(kim, approval_give_operation(asked))
    swapped = replace(asked.subject, facts=asked.facts | {"after": "Oscar"})
    ApprovalRequest.objects.update(facts=dict(swapped.facts), digest=swapped.digest())
    with pytest.raises(StepUpRequiredError):
        approval_give(request_id=asked.pk, step_up=step_up)
    assert (renaming.runs, name_of(olaf)) == (0, "Olaf")


def test_a_second_person_rejects_and_says_why(asked: ApprovalRequest, kai: User, kim: User) -> None:
    approval_reject(request_id=asked.pk, user=kim, reason="He likes Olaf.")
    assert (state(asked), asked.decided_by, asked.outcome) == (ApprovalState.REJECTED, kim, "He likes Olaf.")
    assert recorded(Action.APPROVAL_REJECTED)[0].actor_id == str(kim.pk)
    assert "He likes Olaf." in Letter.objects.get(person=kai).body


def test_who_asked_takes_it_back(asked: ApprovalRequest, kai: User) -> None:
    approval_withdraw(request_id=asked.pk, user=kai)
    assert (state(asked), asked.decided_by) == (ApprovalState.WITHDRAWN, None)
    assert recorded(Action.APPROVAL_WITHDRAWN)[0].actor_id == str(kai.pk)


def test_who_may_not_decide_decides_nothing(asked: ApprovalRequest, kai: User, kim: User, ada: User) -> None:
    decisions: list[tuple[Callable[[], object], type[Exception]]] = [
        (lambda: approval_reject(request_id=asked.pk, user=kai, reason="No."), SelfApprovalError),
        (lambda: approval_reject(request_id=asked.pk, user=ada, reason="No."), PermissionDeniedError),
        (lambda: approval_reject(request_id=asked.pk, user=kim, reason=""), ReasonMissingError),
        (lambda: approval_withdraw(request_id=asked.pk, user=kim), PermissionDeniedError),
        (lambda: approval_withdraw(request_id=UUID(int=1), user=kai), ApprovalUnknownError),
    ]
    for decide, error in decisions:
        with pytest.raises(error):
            decide()
    assert state(asked) is ApprovalState.PENDING
