"""A deletion of a person of the console: an officer asks, an administrator agrees, all is on record."""

import pytest
from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.policy import PERSON_ERASE, PERSON_PACKAGE
from accounts.domain.roles import Role
from accounts.errors import ApprovalRequiredError, PersonStateError, SelfApprovalError, TooFewLeftError
from accounts.models import ApprovalRequest, User
from accounts.services.approvals import approval_give, approval_give_operation
from accounts.services.personal_people import person_strip
from compliance.desk.domain.request_states import Kind, Scope
from compliance.desk.domain.subjects import Contact
from compliance.desk.domain.verification import Method
from compliance.desk.models import ErasureRun, PrivacyRequest
from compliance.desk.services.erasure import erasure_resume, erasure_run_through, erasure_start
from compliance.desk.services.handling import erase_operation, request_erase
from compliance.desk.services.package_taking import package_operation, package_take
from compliance.desk.services.requests import request_verify
from compliance.desk.services.requests.recording import Doer
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Subject
from tests.support.confirming import confirmed
from tests.support.people import code_of, person, signed_in
from tests.support.privacy import asked, verified
from tests.support.shipping import recorded

REQUESTS = "/console/compliance/requests/"

pytestmark = pytest.mark.usefixtures("nothing_else")


@pytest.fixture
def adam(db: None) -> User:
    """The other administrator."""
    return person("adam")


@pytest.fixture(autouse=True)
def in_charge(ada: User, adam: User) -> None:
    """Two administrators who have been in."""
    User.objects.update(last_login=clock.now())


def deletion_of(user: User) -> PrivacyRequest:
    return verified(asked(contact=Contact(name="X", email=user.email)))


def given(row: ApprovalRequest, by: User) -> ApprovalRequest:
    return approval_give(request_id=row.pk, step_up=confirmed(by, approval_give_operation(row)))


def test_no_officer_closes_an_account_alone(orla: User, by_orla: Doer, ada: User, adam: User) -> None:
    request = deletion_of(adam)
    alone = confirmed(orla, erase_operation(request=request, user=orla))
    with pytest.raises(ApprovalRequiredError):
        request_erase(request=request, by=by_orla, step_up=alone)

    client, address = signed_in(orla), f"{REQUESTS}{request.reference}/erasure/"
    page = client.post(address, {"act": "plan"})
    assert "A second person is needed." in page.content.decode()
    shown = page.context["proof"].bound_to
    client.post(address, {"act": "erase", "code": code_of(orla), "digest": shown, "reason": "She left."})
    row = ApprovalRequest.objects.get()
    assert (row.operation, ErasureRun.objects.exists()) == (PERSON_ERASE, False)
    assert not any(told in f"{row.headline}{row.sentences}{row.facts}" for told in (adam.email, adam.name))
    with pytest.raises(SelfApprovalError):
        given(row, adam)

    given(row, ada)
    run = erasure_run_through(ErasureRun.objects.get())
    adam.refresh_from_db()
    assert (run.state, run.error, adam.is_active, adam.groups.count()) == ("done", "", False, 0)
    for action in (Action.ROLE_REVOKED, Action.PERSON_DEACTIVATED):
        assert [event.object_id for event in recorded(action)] == [str(adam.pk)]


def test_no_officer_takes_what_is_held_of_a_colleague_alone(
    orla: User, by_orla: Doer, ada: User, adam: User
) -> None:
    asks = asked(Kind.KNOW, scope=Scope.SPECIFIC, contact=Contact(name="X", email=adam.email))
    request = request_verify(request=asks, method=Method.THREE_POINTS, proved=asks.subjects.all(), by=by_orla)
    client, address = signed_in(orla), f"{REQUESTS}{request.reference}/package/"
    page = client.get(address)
    assert "A second person is needed." in page.content.decode()
    sent = {"code": code_of(orla), "digest": page.context["proof"].bound_to, "reason": "He asked us."}
    assert client.post(address, sent).status_code == 302
    row = ApprovalRequest.objects.get()
    assert row.operation == PERSON_PACKAGE
    assert not any(told in f"{row.headline}{row.sentences}{row.facts}" for told in (adam.email, adam.name))
    with pytest.raises(ApprovalRequiredError):
        package_take(request=request, by=by_orla, step_up=confirmed(orla, taking(request, orla)))
    with pytest.raises(SelfApprovalError):
        given(row, adam)

    given(row, ada)
    mine = package_operation(request=request, user=orla)
    package = package_take(request=request, by=by_orla, step_up=confirmed(orla, mine))
    assert adam.email in package.json
    assert recorded(Action.PRIVACY_PACKAGE_TAKEN)[0].detail["approved_by"] == str(ada.pk)
    with pytest.raises(ApprovalRequiredError):  # once
        package_take(request=request, by=by_orla, step_up=confirmed(orla, mine))


def taking(request: PrivacyRequest, by: User) -> Operation:
    """What would be confirmed, were it approved."""
    asked_for = package_operation(request=request, user=by)
    return Operation("compliance:request:take_package", {**asked_for.facts, "person": by.pk})


def test_too_few_are_never_left_and_nobody_erases_themselves(
    orla: User, ada: User, adam: User, kai: User
) -> None:
    User.objects.filter(pk=adam.pk).update(is_active=False)
    for who, why in ((orla, "themselves"), (ada, "last administrator"), (kai, "Too few key custodians")):
        with pytest.raises(PersonStateError, match=why):
            erase_operation(request=deletion_of(who), user=orla)


@pytest.mark.parametrize("role", [Role.KEY_CUSTODIAN, Role.ADMINISTRATOR])
def test_who_became_the_last_one_meanwhile_stays_until_another_is_there(role: Role, ada: User) -> None:
    leaving, others = staff_of(role)
    run = erasure_start("PR-LAST-ONE", Subject(person_id=leaving.pk), SYSTEM, clock.now())
    User.objects.filter(pk__in=[each.pk for each in others]).update(is_active=False)

    run = erasure_run_through(run)
    leaving.refresh_from_db()
    assert (run.state, run.error) == ("stuck", "holder authenticators and sessions: too_few_left")
    assert (leaving.is_active, leaving.totp_authenticators.count()) == (True, 1)
    with pytest.raises(TooFewLeftError), transaction.atomic():
        person_strip(Subject(person_id=leaving.pk))

    User.objects.filter(pk__in=[each.pk for each in others]).update(is_active=True)
    erasure_resume(run=run, actor=SYSTEM, now=clock.now())
    run = erasure_run_through(run)
    leaving.refresh_from_db()
    assert (run.state, leaving.is_active, leaving.groups.count()) == ("done", False, 0)


def staff_of(role: Role) -> tuple[User, list[User]]:
    """Somebody with a role, and enough others for them to go."""
    if role is Role.ADMINISTRATOR:
        return User.objects.get(name="Adam"), [User.objects.get(name="Ada")]
    people = [person(name) for name in ("kai", "kim", "kurt")]
    return people[0], people[1:]
