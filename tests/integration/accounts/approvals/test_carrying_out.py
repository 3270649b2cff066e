"""What was approved runs once, as it was asked for, or not at all."""

import threading
from dataclasses import replace

import pytest

from accounts.domain.approvals import ApprovalState
from accounts.errors import (
    ApprovalFailedError,
    ApprovalOvertakenError,
    ApprovalRequiredError,
    CodeRefusedError,
)
from accounts.models import ApprovalRequest, Letter, StepUp, User
from accounts.services.approval_kinds import ApprovedRequest, approval_kind_register
from accounts.services.authority import _executing
from compliance.ledger.domain.events import Action
from tests.support.approving import (
    Renaming,
    give,
    name_of,
    person_rename,
    state,
)
from tests.support.shipping import recorded


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
