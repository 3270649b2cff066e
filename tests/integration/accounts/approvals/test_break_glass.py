"""One person where two are needed: at once, told to who should know, open until somebody else has looked."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import (
    ApprovalStateError,
    ApprovalUnknownError,
    NotAnEmergencyError,
    PermissionDeniedError,
    ReasonMissingError,
    SelfApprovalError,
    StepUpRequiredError,
)
from accounts.models import Letter, ReviewTask, StepUp, User
from accounts.services.approval_kinds import approval_kind_register
from accounts.services.authority import BreakGlass
from accounts.services.reviews import review_close, review_close_operation
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.approving import (
    RENAME,
    Renaming,
    name_of,
    person_rename,
    proof,
    rename_operation,
    two_people,
)
from tests.support.at_once import at_once
from tests.support.people import person
from tests.support.shipping import recorded


@pytest.fixture
def emergency(rules: None, renaming: Renaming) -> Renaming:
    approval_kind_register(renaming.kind(is_emergency=True))
    return renaming


def glass(by: User, about: User, reason: str = "They are in the house.") -> BreakGlass:
    return BreakGlass(proof(by, rename_operation(about, "Olof")), reason)


def broken(by: User, about: User) -> ReviewTask:
    assert person_rename(user=about, name="Olof", authority=glass(by, about)) == by
    return ReviewTask.objects.get()


def close(task: ReviewTask, by: User, note: str = "It was right.") -> ReviewTask:
    return review_close(review_id=task.pk, note=note, step_up=proof(by, review_close_operation(task)))


def test_one_person_acts_at_once_and_all_who_should_know_are_told(
    emergency: Renaming, kai: User, kim: User, ada: User, olaf: User
) -> None:
    officer = person("orla")
    task = broken(kai, olaf)
    assert name_of(olaf) == "Olof"
    assert (task.why, task.done_by, task.reason) == ("break_glass", kai, "They are in the house.")
    assert (task.operation, task.digest) == (RENAME, StepUp.objects.get().digest)
    assert {letter.person for letter in Letter.objects.all()} == {kai, kim, officer}
    letter = Letter.objects.get(person=kim)
    assert letter.subject == "Kai broke the glass"
    assert "They are in the house." in letter.body
    [event] = recorded(Action.BREAK_GLASS_USED)
    assert (event.actor_id, event.object_type, event.object_id) == (str(kai.pk), "review", str(task.pk))


def test_what_fails_is_neither_told_nor_to_be_reviewed(emergency: Renaming, kai: User, olaf: User) -> None:
    authority = glass(kai, olaf)

    def fail() -> None:
        with transaction.atomic():
            person_rename(user=olaf, name="Olof", authority=authority)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not Letter.objects.exists()
    assert not ReviewTask.objects.exists()
    assert (name_of(olaf), StepUp.objects.get().used_at) == ("Olaf", None)


def test_what_is_no_emergency_waits_for_a_second_person(
    rules: None, renaming: Renaming, kai: User, olaf: User
) -> None:
    with pytest.raises(NotAnEmergencyError):
        person_rename(user=olaf, name="Olof", authority=glass(kai, olaf))
    assert name_of(olaf) == "Olaf"


def test_nobody_breaks_the_glass_without_saying_why(emergency: Renaming, kai: User, olaf: User) -> None:
    with pytest.raises(ReasonMissingError):
        person_rename(user=olaf, name="Olof", authority=glass(kai, olaf, reason=" "))
    assert name_of(olaf) == "Olaf"


def test_the_confirmation_still_has_to_fit(emergency: Renaming, kai: User, olaf: User) -> None:
    with pytest.raises(StepUpRequiredError):
        person_rename(user=olaf, name="Oscar", authority=glass(kai, olaf))
    assert not ReviewTask.objects.exists()


def test_where_one_person_is_enough_there_is_no_glass(
    db: None, renaming: Renaming, kai: User, olaf: User
) -> None:
    two_people()
    person_rename(user=olaf, name="Olof", authority=glass(kai, olaf))
    assert not ReviewTask.objects.exists()


def test_somebody_else_closes_the_review_with_a_note(
    emergency: Renaming, kai: User, kim: User, olaf: User
) -> None:
    task = close(broken(kai, olaf), kim)
    task.refresh_from_db()
    assert (task.reviewed_by, task.note) == (kim, "It was right.")
    assert task.reviewer_step_up == StepUp.objects.get(user=kim)
    assert recorded(Action.BREAK_GLASS_REVIEWED)[0].actor_id == str(kim.pk)


@pytest.mark.parametrize(
    ("who", "note", "error"),
    [
        pytest.param("kai", "All fine.", SelfApprovalError, id="themselves"),
        pytest.param("ada", "All fine.", PermissionDeniedError, id="somebody without the right"),
        pytest.param("kim", "  ", ReasonMissingError, id="without a word"),
    ],
)
def test_a_review_stays_open_until_the_right_one_says_something(
    emergency: Renaming,
    kai: User,
    kim: User,
    ada: User,
    olaf: User,
    who: str,
    note: str,
    error: type[Exception],
) -> None:
    task = broken(kai, olaf)
    by = {"kai": kai, "ada": ada, "kim": kim}[who]
    StepUp.objects.filter(user=kai).update(code_step=1)
    kai.totp_authenticators.update(last_step=-1)
    with pytest.raises(error):
        close(task, by, note)
    assert ReviewTask.objects.get().reviewed_at is None


def test_a_review_is_closed_once(emergency: Renaming, kai: User, kim: User, olaf: User) -> None:
    task = broken(kai, olaf)
    close(task, kim)
    with pytest.raises(ApprovalStateError):
        close(task, person("kurt"))


def test_a_confirmation_of_another_review_closes_nothing(
    emergency: Renaming, kai: User, kim: User, olaf: User
) -> None:
    task = broken(kai, olaf)
    step_up = proof(kim, rename_operation(olaf, "Olof"))
    with pytest.raises(StepUpRequiredError):
        review_close(review_id=task.pk, note="Fine.", step_up=step_up)
    with pytest.raises(ApprovalUnknownError):
        review_close(review_id=UUID(int=1), note="Fine.", step_up=step_up)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(
            {"reviewed_by": "kai", "step_up": True, "reviewed_at": True, "note": "x"}, id="by who did it"
        ),
        pytest.param({"reviewed_by": "kim", "reviewed_at": True, "note": "x"}, id="without a code"),
        pytest.param({"reviewed_by": "kim", "step_up": True, "reviewed_at": True}, id="without a note"),
        pytest.param({"reviewed_at": True, "note": "x", "step_up": True}, id="by nobody"),
        pytest.param({"note": "x"}, id="half"),
    ],
)
def test_the_database_refuses_a_review_that_cannot_be(
    emergency: Renaming, kai: User, kim: User, olaf: User, changed: dict[str, Any]
) -> None:
    task = broken(kai, olaf)
    step_up = proof(kim, review_close_operation(task))
    values: dict[str, Any] = {"note": changed.get("note", "")}
    if "reviewed_by" in changed:
        values["reviewed_by"] = {"kai": kai, "kim": kim}[changed["reviewed_by"]]
    if "reviewed_at" in changed:
        values["reviewed_at"] = clock.now()
    if "step_up" in changed:
        values["reviewer_step_up"] = step_up
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewTask.objects.update(**values)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_close_a_review_at_once_one_does(renaming: Renaming) -> None:
    two_people(RENAME)
    approval_kind_register(renaming.kind(is_emergency=True))
    kai, olaf, *others = (person(name) for name in ("kai", "olaf", "kim", "kurt", "kate"))
    task = broken(kai, olaf)
    step_ups = [proof(user, review_close_operation(task)) for user in others]

    def closing(step_up: StepUp) -> Callable[[], bool]:
        def act() -> bool:
            try:
                review_close(review_id=task.pk, note="Fine.", step_up=step_up)
            except ApprovalStateError:
                return False
            return True

        return act

    assert sorted(at_once([closing(step_up) for step_up in step_ups])) == [False, False, True]
