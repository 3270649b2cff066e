"""What a tester asks for on their own page arrives in the register."""

import pytest
from django.test import Client

from accounts.models import User
from compliance.desk.domain.request_states import Channel, State
from compliance.desk.domain.verification import Method, Verification
from compliance.desk.models import PrivacyRequest
from compliance.ledger.domain.events import SYSTEM, Action, ActorKind
from tests.support.beta import PHONE, beta_made, enrolled, group_made, invited, joins, mailed
from tests.support.shipping import recorded
from updates.models import Tester
from updates.services.testers import Arrival, tester_erase, testers_erase_requested

pytestmark = pytest.mark.django_db


@pytest.fixture
def tess() -> Arrival:
    return joins(invited(group_made(beta_made())).link, email="tess@example.com")


def test_asking_on_ones_own_page_registers_a_request(tess: Arrival, client: Client) -> None:
    enrolled(tess.tester)
    client.post(f"/beta/me/{tess.secret}/delete/")
    request = PrivacyRequest.objects.get()
    assert (request.came_by, request.app_id) == (Channel.TESTER, tess.tester.app_id)
    assert (request.identity, request.verification_method) == (Verification.VERIFIED, Method.ACCOUNT.value)
    contact = request.contact_read()
    assert (contact.device_ids, contact.tester) == ((PHONE,), str(tess.tester.pk))
    assert recorded(Action.PRIVACY_RECEIVED)[0].actor_kind == ActorKind.TESTER.value


@pytest.mark.parametrize("send", [True, False])
def test_only_an_address_to_which_the_invite_was_mailed_is_proved(client: Client, *, send: bool) -> None:
    group = group_made(beta_made())
    link = mailed(group) if send else invited(group).link
    client.post(f"/beta/me/{joins(link).secret}/delete/")
    contact = PrivacyRequest.objects.get().contact_read()
    assert (contact.email, contact.reply_to) == ("tess@example.com" if send else "", "tess@example.com")


def test_that_the_tester_is_erased_is_on_the_timeline_and_the_officer_still_answers(
    tess: Arrival, client: Client
) -> None:
    client.post(f"/beta/me/{tess.secret}/delete/")
    assert testers_erase_requested() == 1
    assert not Tester.objects.exists()
    request = PrivacyRequest.objects.get()
    assert [step.step for step in request.steps.all()] == ["received", "verified", "erased"]
    assert request.stands is State.OPEN
    assert recorded(Action.PRIVACY_TESTER_ERASED)[0].object_id == request.reference


def test_a_tester_whom_the_team_erases_made_no_request(tess: Arrival) -> None:
    tester_erase(tester=tess.tester, actor=SYSTEM)
    assert not PrivacyRequest.objects.exists()


def test_asking_twice_registers_one_request(tess: Arrival, client: Client, orla: User) -> None:
    for _ in range(2):
        client.post(f"/beta/me/{tess.secret}/delete/")
    assert PrivacyRequest.objects.count() == 1
