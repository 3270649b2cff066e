"""Asking for what needs a second person: who may, for what, and what is kept until it's decided."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings

from accounts.domain.operations import Operation
from accounts.errors import (
    ApprovalPendingError,
    ApprovalRequiredError,
    ApprovalUnknownError,
    OperationChangedError,
    PermissionDeniedError,
    ReasonMissingError,
    StepUpRequiredError,
)
from accounts.models import ApprovalRequest, Letter, StepUp, User
from accounts.services.approvals import (
    approval_reject,
    approval_withdraw,
    approvals_expire,
)
from accounts.services.rewrap import approval_payloads
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock, sealing
from tests.support.approving import (
    RENAME,
    Renaming,
    ask,
    give,
    name_of,
    person_rename,
    proof,
    rename_operation,
    state,
    two_people,
)
from tests.support.shipping import recorded


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
