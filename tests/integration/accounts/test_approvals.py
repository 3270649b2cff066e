"""What one person asks for and another decides: it runs once, as it was asked for, or not at all."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.domain.approvals import ApprovalState
from accounts.domain.operations import Operation
from accounts.domain.roles import Permission, Role
from accounts.errors import (
    ApprovalFailedError,
    ApprovalOvertakenError,
    ApprovalPendingError,
    ApprovalRequiredError,
    ApprovalStateError,
    ApprovalUnknownError,
    CodeRefusedError,
    OperationChangedError,
    PermissionDeniedError,
    ReasonMissingError,
    SelfApprovalError,
    StepUpRequiredError,
)
from accounts.models import ApprovalRequest, Letter, StepUp, User
from accounts.services import approval_kinds
from accounts.services.approval_kinds import ApprovedRequest, approval_kind_register
from accounts.services.approvals import (
    approval_give,
    approval_give_operation,
    approval_reject,
    approval_request,
    approval_withdraw,
    approvals_expire,
)
from accounts.services.authority import _executing, authority_use
from accounts.services.rewrap import approval_payloads
from accounts.tasks import approvals_expire as approvals_expire_task
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock, sealing
from tests.support.approving import RENAME, Renaming, person_rename, proof, rename_operation, two_people
from tests.support.at_once import at_once
from tests.support.people import person, role_made
from tests.support.shipping import recorded


@pytest.fixture
def renaming(monkeypatch: pytest.MonkeyPatch) -> Renaming:
    monkeypatch.setattr(approval_kinds, "_kinds", dict(approval_kinds.approval_kinds()))
    renaming = Renaming()
    approval_kind_register(renaming.kind())
    return renaming


@pytest.fixture
def rules(db: None) -> None:
    two_people(RENAME)


@pytest.fixture
def kim(db: None) -> User:
    """Another key custodian."""
    return person("kim")


@pytest.fixture
def asked(rules: None, renaming: Renaming, kai: User, olaf: User) -> ApprovalRequest:
    return ask(kai, olaf)


def ask(by: User, about: User, name: str = "Olof", **changed: Any) -> ApprovalRequest:
    operation = rename_operation(about, name)
    given: dict[str, Any] = {"operation": operation, "reason": "He asked me to."} | changed
    step_up = given.pop("step_up", None) or proof(by, operation)
    return approval_request(step_up=step_up, **given)


def give(row: ApprovalRequest, by: User) -> ApprovalRequest:
    return approval_give(request_id=row.pk, step_up=proof(by, approval_give_operation(row)))


def state(row: ApprovalRequest) -> ApprovalState:
    row.refresh_from_db()
    return ApprovalState(row.state)


def name_of(user: User) -> str:
    return User.objects.get(pk=user.pk).name


# --- asking -------------------------------------------------------------------------------------------
def test_what_needs_two_people_is_not_done_by_one(
    rules: None, renaming: Renaming, kai: User, olaf: User
) -> None:
    step_up = proof(kai, rename_operation(olaf, "Olof"))
    with pytest.raises(ApprovalRequiredError) as refused:
        person_rename(user=olaf, name="Olof", authority=step_up)
    assert refused.value.code == "approval_required"
    assert (name_of(olaf), StepUp.objects.get().used_at) == ("Olaf", None)


def test_what_no_rule_names_is_done_by_one(db: None, kai: User, olaf: User) -> None:
    two_people()
    step_up = proof(kai, rename_operation(olaf, "Olof"))
    assert person_rename(user=olaf, name="Olof", authority=step_up) == kai


def test_a_request_says_who_asks_for_what_and_why(asked: ApprovalRequest, kai: User, olaf: User) -> None:
    row = ApprovalRequest.objects.get()
    assert row.subject == rename_operation(olaf, "Olof")
    assert (row.digest, row.state) == (row.subject.digest(), "pending")
    assert (row.requested_by, row.requester_step_up, row.reason) == (
        kai,
        StepUp.objects.get(),
        "He asked me to.",
    )
    assert (row.headline, row.told) == ("Rename to Olof", [("They are called that.",)])
    assert row.expires_at - row.created_at == timedelta(hours=settings.APPROVAL_HOURS)
    assert StepUp.objects.get().used_at is not None
    [event] = recorded(Action.APPROVAL_REQUESTED)
    assert (event.actor_id, event.object_type, event.object_id) == (str(kai.pk), "approval", str(row.pk))
    assert event.detail == {"operation": RENAME, "digest": row.digest, "requested_by": str(kai.pk)}
    assert name_of(olaf) == "Olaf"


def test_who_could_approve_gets_a_letter_and_nobody_else(
    rules: None, renaming: Renaming, kai: User, kim: User, ada: User, olaf: User
) -> None:
    ask(kai, olaf)
    letter = Letter.objects.get()
    assert letter.person == kim
    assert "Kai asks for your approval" in letter.subject
    assert "Rename to Olof" in letter.body
    assert "He asked me to." in letter.body


def test_exactly_the_same_waits_once(asked: ApprovalRequest, kim: User, olaf: User) -> None:
    with pytest.raises(ApprovalPendingError):
        ask(kim, olaf)
    assert ApprovalRequest.objects.get() == asked
    ask(kim, olaf, "Olov")


@pytest.mark.parametrize("over", ["rejected", "withdrawn", "expired"])
def test_what_is_over_can_be_asked_for_again(
    asked: ApprovalRequest, kai: User, kim: User, olaf: User, over: str
) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        if over == "rejected":
            approval_reject(request_id=asked.pk, user=kim, reason="Not now.")
        elif over == "withdrawn":
            approval_withdraw(request_id=asked.pk, user=kai)
        else:
            time.shift(timedelta(hours=settings.APPROVAL_HOURS))
        ask(kim, olaf)
    assert state(asked) == over
    assert ApprovalRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        pytest.param({"reason": " "}, ReasonMissingError, id="no reason"),
        pytest.param({"operation": Operation("tests:person:erase", {})}, ApprovalUnknownError, id="unknown"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    rules: None,
    renaming: Renaming,
    kai: User,
    olaf: User,
    changed: dict[str, Any],
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        ask(kai, olaf, **changed)
    assert not ApprovalRequest.objects.exists()
    assert StepUp.objects.get().used_at is None


def test_only_what_would_be_done_now_can_be_asked_for(
    rules: None, renaming: Renaming, kai: User, olaf: User
) -> None:
    operation = rename_operation(olaf, "Olof")
    step_up = proof(kai, operation)
    User.objects.filter(pk=olaf.pk).update(name="Olav")
    with pytest.raises(OperationChangedError):
        ask(kai, olaf, operation=operation, step_up=step_up)


def test_a_confirmation_of_something_else_asks_for_nothing(
    rules: None, renaming: Renaming, kai: User, olaf: User
) -> None:
    step_up = proof(kai, rename_operation(olaf, "Olov"))
    with pytest.raises(StepUpRequiredError):
        ask(kai, olaf, step_up=step_up)


def test_who_may_not_do_it_may_not_ask_for_it(rules: None, renaming: Renaming, ada: User, olaf: User) -> None:
    with pytest.raises(PermissionDeniedError):
        ask(ada, olaf)


def test_what_an_operation_needs_rests_sealed_until_it_is_decided(
    rules: None, renaming: Renaming, kai: User, kim: User, olaf: User
) -> None:
    row = ask(kai, olaf, payload=b"a private key")
    kept = ApprovalRequest.objects.get()
    assert kept.payload_read() == b"a private key"
    assert "private key" not in str(ApprovalRequest.objects.values())
    assert approval_payloads().census() == {sealing.kek_current().kek_id: 1}
    give(row, kim)
    assert renaming.payload == b"a private key"
    assert ApprovalRequest.objects.get().sealed_payload == ""


@pytest.mark.parametrize("end", ["reject", "withdraw", "expire"])
def test_what_was_kept_sealed_is_gone_however_it_ends(
    rules: None, renaming: Renaming, kai: User, kim: User, olaf: User, end: str
) -> None:
    row = ask(kai, olaf, payload=b"a private key")
    if end == "reject":
        approval_reject(request_id=row.pk, user=kim, reason="No.")
    elif end == "withdraw":
        approval_withdraw(request_id=row.pk, user=kai)
    else:
        assert approvals_expire(now=row.expires_at) == 1
    assert ApprovalRequest.objects.get().sealed_payload == ""


# --- approving ----------------------------------------------------------------------------------------
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


# --- what the approver confirms -----------------------------------------------------------------------
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


# --- carrying it out ----------------------------------------------------------------------------------
def test_what_moved_since_is_overtaken_and_nothing_is_done(
    asked: ApprovalRequest, kai: User, kim: User, olaf: User
) -> None:
    User.objects.filter(pk=olaf.pk).update(name="Olav")
    with pytest.raises(ApprovalOvertakenError):
        give(asked, kim)
    assert (state(asked), name_of(olaf)) == (ApprovalState.OVERTAKEN, "Olav")
    assert not recorded(Action.APPROVAL_GIVEN)
    [event] = recorded(Action.APPROVAL_FAILED)
    assert (event.outcome, event.actor_id) == ("failed", str(kim.pk))
    assert StepUp.objects.get(user=kim).used_at is None
    assert "couldn't be carried out" in Letter.objects.get(person=kai).subject


def test_what_fails_is_rolled_back_and_says_why(
    asked: ApprovalRequest, renaming: Renaming, kim: User, olaf: User
) -> None:
    renaming.error = CodeRefusedError("The back end is down.")
    with pytest.raises(ApprovalFailedError, match="The back end is down"):
        give(asked, kim)
    assert (state(asked), name_of(olaf)) == (ApprovalState.FAILED, "Olaf")
    assert (asked.decided_by, asked.outcome) == (kim, "The back end is down.")
    assert recorded(Action.APPROVAL_FAILED)[0].detail["error"] == "code_refused"


def test_a_bug_in_carrying_it_out_leaves_all_as_it_was(
    asked: ApprovalRequest, renaming: Renaming, kim: User, olaf: User
) -> None:
    renaming.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        give(asked, kim)
    assert (state(asked), name_of(olaf)) == (ApprovalState.PENDING, "Olaf")
    assert StepUp.objects.get(user=kim).used_at is None
    renaming.error = None


def test_an_operation_that_ignores_its_approval_is_rolled_back(
    asked: ApprovalRequest, renaming: Renaming, kim: User, olaf: User
) -> None:
    def perform(approved: ApprovedRequest) -> str:
        User.objects.filter(pk=olaf.pk).update(name="Olof")
        return "Done."

    approval_kind_register(renaming.kind(perform=perform))
    with pytest.raises(RuntimeError):
        give(asked, kim)
    assert (state(asked), name_of(olaf)) == (ApprovalState.PENDING, "Olaf")


def _stolen(asked: ApprovalRequest, kim: User, renaming: Renaming) -> ApprovedRequest:
    """An approval that was kept from its own execution."""
    kept: list[ApprovedRequest] = []

    def perform(approved: ApprovedRequest) -> str:
        kept.append(approved)
        return renaming.perform(approved)

    approval_kind_register(renaming.kind(perform=perform))
    give(asked, kim)
    return kept[0]


def test_an_approval_is_good_only_while_it_is_carried_out(
    asked: ApprovalRequest, renaming: Renaming, kim: User, olaf: User
) -> None:
    kept = _stolen(asked, kim, renaming)
    User.objects.filter(pk=olaf.pk).update(name="Olaf")
    for authority in (kept, replace(kept)):
        with pytest.raises(ApprovalRequiredError):
            person_rename(user=olaf, name="Olof", authority=authority)
    assert name_of(olaf) == "Olaf"


def test_an_approval_is_used_once_while_it_is_carried_out(
    asked: ApprovalRequest, renaming: Renaming, kim: User, olaf: User
) -> None:
    def perform(approved: ApprovedRequest) -> str:
        renaming.perform(approved)
        User.objects.filter(pk=olaf.pk).update(name="Olaf")
        return renaming.perform(approved)

    approval_kind_register(renaming.kind(perform=perform))
    with pytest.raises(ApprovalFailedError):
        give(asked, kim)
    assert (state(asked), name_of(olaf)) == (ApprovalState.FAILED, "Olaf")


def test_an_approval_does_nothing_else(
    asked: ApprovalRequest, renaming: Renaming, kim: User, olaf: User
) -> None:
    def perform(approved: ApprovedRequest) -> str:
        person_rename(user=olaf, name="Oscar", authority=approved)
        return "Done."

    approval_kind_register(renaming.kind(perform=perform))
    with pytest.raises(ApprovalOvertakenError):
        give(asked, kim)
    assert name_of(olaf) == "Olaf"


def test_another_thread_cannot_use_an_approval_that_is_carried_out_here(
    asked: ApprovalRequest, renaming: Renaming, kim: User, olaf: User
) -> None:
    seen: list[bool] = []

    def perform(approved: ApprovedRequest) -> str:
        thread = threading.Thread(target=lambda: seen.append(_executing.get() is approved))
        thread.start()
        thread.join()
        return renaming.perform(approved)

    approval_kind_register(renaming.kind(perform=perform))
    give(asked, kim)
    assert seen == [False]


def test_an_approval_whose_row_is_not_marked_opens_nothing(
    asked: ApprovalRequest, renaming: Renaming, kim: User, olaf: User
) -> None:
    def perform(approved: ApprovedRequest) -> str:
        ApprovalRequest.objects.update(state="expired")
        return renaming.perform(approved)

    approval_kind_register(renaming.kind(perform=perform))
    with pytest.raises(ApprovalFailedError):
        give(asked, kim)
    assert name_of(olaf) == "Olaf"


# --- rejecting, withdrawing ---------------------------------------------------------------------------
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


# --- at once ------------------------------------------------------------------------------------------
@pytest.fixture
def crowd(transactional_db: None, renaming: Renaming) -> tuple[ApprovalRequest, list[User], User]:
    role_made(Role.KEY_CUSTODIAN)
    two_people(RENAME)
    kai, olaf, *others = (person(name) for name in ("kai", "olaf", "kim", "kurt", "kate"))
    return ask(kai, olaf), others, olaf


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_of_many_who_approve_at_once_one_does(
    round_: int, renaming: Renaming, crowd: tuple[ApprovalRequest, list[User], User]
) -> None:
    row, others, olaf = crowd
    step_ups = [proof(user, approval_give_operation(row)) for user in others]

    def giving(step_up: StepUp) -> Callable[[], bool]:
        def act() -> bool:
            try:
                approval_give(request_id=row.pk, step_up=step_up)
            except ApprovalStateError:
                return False
            return True

        return act

    assert sorted(at_once([giving(step_up) for step_up in step_ups])) == [False, False, True]
    assert (renaming.runs, name_of(olaf)) == (1, "Olof")
    assert StepUp.objects.filter(used_at__isnull=False).count() == 2  # who asked, and the one who won


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_of_approving_rejecting_and_withdrawing_at_once_one_happens(
    round_: int, renaming: Renaming, crowd: tuple[ApprovalRequest, list[User], User]
) -> None:
    row, [kim, kurt, _], olaf = crowd
    step_up = proof(kim, approval_give_operation(row))

    def trying(decide: Callable[[], object]) -> Callable[[], bool]:
        def act() -> bool:
            try:
                decide()
            except ApprovalStateError:
                return False
            return True

        return act

    done = at_once([
        trying(lambda: approval_give(request_id=row.pk, step_up=step_up)),
        trying(lambda: approval_reject(request_id=row.pk, user=kurt, reason="No.")),
        trying(lambda: approval_withdraw(request_id=row.pk, user=row.requested_by)),
    ])
    assert sorted(done) == [False, False, True]
    assert name_of(olaf) == ("Olof" if state(row) is ApprovalState.EXECUTED else "Olaf")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_for_the_same_one_does(
    renaming: Renaming, crowd: tuple[ApprovalRequest, list[User], User]
) -> None:
    _, others, olaf = crowd
    operation = rename_operation(olaf, "Oskar")
    step_ups = [proof(user, operation) for user in others]

    def asking(step_up: StepUp) -> Callable[[], bool]:
        def act() -> bool:
            try:
                approval_request(operation=operation, reason="He asked.", step_up=step_up)
            except ApprovalPendingError:
                return False
            return True

        return act

    assert sorted(at_once([asking(step_up) for step_up in step_ups])) == [False, False, True]


# --- the database itself ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"state": "rejected", "decided_by": "kai", "decided_at": "now"}, id="by who asked"),
        pytest.param({"state": "rejected", "decided_at": "now"}, id="rejected by nobody"),
        pytest.param({"state": "executed", "decided_at": "now"}, id="approved by nobody"),
        pytest.param({"state": "executed", "decided_by": "kim", "decided_at": "now"}, id="without a code"),
        pytest.param({"state": "withdrawn"}, id="decided at no time"),
        pytest.param({"decided_at": "now"}, id="decided and waiting"),
        pytest.param({"state": "withdrawn", "decided_at": "now", "sealed_payload": "x"}, id="payload kept"),
        pytest.param({"expires_at": "created"}, id="expired when made"),
    ],
)
def test_the_database_refuses_what_cannot_be(
    asked: ApprovalRequest, kai: User, kim: User, changed: dict[str, Any]
) -> None:
    values = {"kai": kai, "kim": kim, "now": clock.now(), "created": asked.created_at}
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalRequest.objects.update(**{key: values.get(value, value) for key, value in changed.items()})


def test_the_database_refuses_a_second_request_for_the_same(asked: ApprovalRequest, kim: User) -> None:
    asked.pk, asked.requester_step_up = UUID(int=7), proof(kim, asked.subject)
    with pytest.raises(IntegrityError), transaction.atomic():
        asked.save(force_insert=True)


def test_one_confirmation_asks_for_one_thing(asked: ApprovalRequest) -> None:
    asked.pk, asked.digest = UUID(int=7), "0" * 64
    with pytest.raises(IntegrityError), transaction.atomic():
        asked.save(force_insert=True)


def test_nothing_runs_outside_a_transaction(transactional_db: None) -> None:
    olaf = person("olaf")
    operation = rename_operation(olaf, "Olof")
    with pytest.raises(RuntimeError):
        authority_use(authority=proof(olaf, operation), operation=operation)


def test_the_permission_of_every_kind_is_one_that_people_can_hold() -> None:
    for name, kind in approval_kinds.approval_kinds().items():
        assert (kind.name, kind.permission) == (name, Permission(kind.permission))
