"""The beginning: until there are two custodians, who was set up first appoints them alone, and on record."""

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.policy import CUSTODIAN_APPOINT
from accounts.domain.presets import Preset
from accounts.errors import ApprovalRequiredError, SelfApprovalError
from accounts.models import ConsolePolicy, ReviewTask, SetupLink, User
from accounts.services.authority import authority_use
from accounts.services.policy import policy_begin
from accounts.services.reviews import review_close, review_close_operation
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.approving import proof
from tests.support.people import person
from tests.support.shipping import recorded


@pytest.fixture
def first(ada: User) -> User:
    """Ada, who held the set-up link of a team's console."""
    now = clock.now()
    policy_begin(preset=Preset.TEAM, actor=SYSTEM, now=now)
    SetupLink.objects.create(token_sha256="0" * 64, expires_at=now, used_at=now, used_by=ada)
    return ada


def appoint(by: User, whom: User) -> User:
    """What the service that gives roles does."""
    by.totp_authenticators.update(last_step=-1)
    by.step_ups.update(code_step=by.pk)
    operation = Operation(CUSTODIAN_APPOINT, {"person": whom.pk, "role": "key_custodian"})
    authority = proof(by, operation)
    with transaction.atomic():
        acting = authority_use(authority=authority, operation=operation)
        whom.groups.add(Group.objects.get(name="key_custodian"))
    return acting


def candidates() -> list[User]:
    return [person(name) for name in ("olaf", "rita", "audra")]


def test_the_first_administrator_appoints_two_custodians_alone(first: User) -> None:
    one, two, _ = candidates()
    assert appoint(first, one) == first
    assert ConsolePolicy.objects.get().bootstrap_ended_at is None
    by_code = {task.facts["person"]: task for task in ReviewTask.objects.all()}
    assert by_code[one.pk].why == "bootstrap"
    first.step_ups.update(code_step=7)
    appoint(first, two)
    assert ConsolePolicy.objects.get().bootstrap_ended_at is not None
    assert [event.actor_id for event in recorded(Action.BOOTSTRAP_APPOINTED)] == [str(first.pk)] * 2
    assert ReviewTask.objects.filter(why="bootstrap", reviewed_at=None).count() == 2


def test_the_third_custodian_takes_two_people(first: User) -> None:
    person("kai"), person("kim")
    with pytest.raises(ApprovalRequiredError):
        appoint(first, candidates()[2])


def test_the_beginning_does_not_come_back(first: User) -> None:
    ConsolePolicy.objects.update(bootstrap_ended_at=clock.now())
    with pytest.raises(ApprovalRequiredError):
        appoint(first, candidates()[0])


def test_another_administrator_does_not_begin(first: User) -> None:
    with pytest.raises(ApprovalRequiredError):
        appoint(person("adam"), candidates()[0])


def test_whom_it_is_about_does_not_review_it(first: User) -> None:
    one = candidates()[0]
    appoint(first, one)
    task = ReviewTask.objects.get()
    with pytest.raises(SelfApprovalError):
        review_close(review_id=task.pk, note="Fine.", step_up=proof(one, review_close_operation(task)))
    kim = person("kim")
    review_close(review_id=task.pk, note="Fine.", step_up=proof(kim, review_close_operation(task)))
    assert recorded(Action.BOOTSTRAP_REVIEWED)[0].actor_id == str(kim.pk)
