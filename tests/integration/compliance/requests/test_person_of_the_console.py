"""A deletion of a person of the console: an officer asks, an administrator agrees, all is on record."""

import pytest

from accounts.domain.policy import PERSON_ERASE
from accounts.errors import ApprovalRequiredError, PersonStateError, SelfApprovalError
from accounts.models import ApprovalRequest, User
from accounts.services.approvals import approval_give, approval_give_operation
from compliance.desk.domain.subjects import Contact
from compliance.desk.models import ErasureRun, PrivacyRequest
from compliance.desk.services.erasure import erasure_run_through
from compliance.desk.services.handling import erase_operation, request_erase
from compliance.desk.services.requests.recording import Doer
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
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


def test_too_few_are_never_left_and_nobody_erases_themselves(
    orla: User, ada: User, adam: User, kai: User
) -> None:
    User.objects.filter(pk=adam.pk).update(is_active=False)
    for who, why in ((orla, "themselves"), (ada, "last administrator"), (kai, "Too few key custodians")):
        with pytest.raises(PersonStateError, match=why):
            erase_operation(request=deletion_of(who), user=orla)
