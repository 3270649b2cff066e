"""Several who decide at the same moment, and what the database itself refuses."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from accounts.domain.approvals import ApprovalState
from accounts.domain.roles import Permission
from accounts.errors import (
    ApprovalPendingError,
    ApprovalStateError,
)
from accounts.models import ApprovalRequest, StepUp, User
from accounts.services import approval_kinds
from accounts.services.approvals import (
    approval_give,
    approval_give_operation,
    approval_reject,
    approval_request,
    approval_withdraw,
)
from accounts.services.authority import authority_use
from releaseconsole.kernel import clock
from tests.support.approving import (
    RENAME,
    Renaming,
    ask,
    name_of,
    proof,
    rename_operation,
    state,
    two_people,
)
from tests.support.at_once import at_once
from tests.support.people import person


@pytest.fixture
def crowd(transactional_db: None, renaming: Renaming) -> tuple[ApprovalRequest, list[User], User]:
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
