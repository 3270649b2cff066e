"""An erasure that can't come to its end is given up, and its request is answered in time."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from accounts.errors import StepUpRequiredError
from accounts.models import Letter, User
from compliance.desk.domain.denials import Basis
from compliance.desk.errors import NamesPersonError, RequestIncompleteError, RequestStateError
from compliance.desk.models import ErasureRun, PrivacyRequest, SuppressedSubject
from compliance.desk.services.erasure import erasure_resume, erasure_start
from compliance.desk.services.erasure.suppression import DatabaseSuppressionList, suppress
from compliance.desk.services.giving_up import give_up_operation, request_erasure_give_up
from compliance.desk.services.handling import erase_operation, request_erase, subject_of
from compliance.desk.services.requests import request_deny
from compliance.desk.services.requests.recording import Doer
from compliance.desk.tasks import requests_remind
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from releaseconsole.personal_data import IdentifierKind
from tests.support.confirming import confirmed
from tests.support.people import code_of, signed_in
from tests.support.privacy import NOBODY, PERSON, asked, verified
from tests.support.shipping import app_made, recorded

REQUESTS = "/console/compliance/requests/"
WHY = "A disk answers to nobody any more."


@pytest.fixture(autouse=True)
def list_elsewhere(settings: LazySettings, tmp_path: Path) -> None:
    settings.PRIVACY_LIST_FILE = tmp_path / "suppressed.json"


@pytest.fixture
def stuck(db: None) -> PrivacyRequest:
    """Its erasure found the same file again and again."""
    request = verified(asked())
    erasure_start(request.reference, subject_of(request), NOBODY.actor, clock.now())
    ErasureRun.objects.update(state="stuck", error="still found in var/notes.txt (1)")
    return request


def test_officers_are_told_once_and_their_start_page_is_red(orla: User, stuck: PrivacyRequest) -> None:
    page = signed_in(orla).get("/console/compliance/").content.decode()
    assert f"The erasure of {stuck.reference} is stuck" in page.partition('id="due"')[0]
    for _ in range(2):
        requests_remind()
    (letter,) = Letter.objects.filter(person=orla)
    assert f"{REQUESTS}{stuck.reference}/erasure/" in letter.body_read()
    assert PERSON.email not in letter.body_read()
    erasure_resume(run=ErasureRun.objects.get(), actor=NOBODY.actor, now=clock.now())
    ErasureRun.objects.update(state="stuck", is_replay=True)
    requests_remind()
    assert "privacy_replay" in Letter.objects.filter(person=orla).latest("written_at").body_read()
    page = signed_in(orla).get("/console/compliance/").content.decode()
    assert "1 is stuck after a restore" in page.partition('id="due"')[0]
    assert [event.detail for event in recorded(Action.PRIVACY_REMINDED)] == [{"stuck": 1, "officers": 1}] * 2


def test_what_is_given_up_forgets_whom_it_was_about_and_is_answered(
    orla: User, stuck: PrivacyRequest
) -> None:
    client, path = signed_in(orla), f"{REQUESTS}{stuck.reference}/give-up/"
    shown = client.get(path).context["proof"].bound_to
    client.post(path, {"reason": WHY, "digest": shown, "code": code_of(orla)})
    run = ErasureRun.objects.get()
    assert (run.state, run.sealed_subject) == ("given_up", "")
    (event,) = recorded(Action.ERASURE_GIVEN_UP)
    assert event.detail == {"erased": 0, "where": "still found in var/notes.txt (1)", "reason": WHY}
    assert [(step.step, step.person) for step in stuck.steps.all()][-1] == ("given_up", orla)
    assert "Given up" in client.get(f"{REQUESTS}{stuck.reference}/erasure/").content.decode()
    request_deny(request=stuck, bases=[Basis.LEGAL], explanation=WHY, by=NOBODY)


def test_whose_request_is_denied_after_that_is_erased_by_no_replay(
    orla: User, by_orla: Doer, stuck: PrivacyRequest
) -> None:
    suppress(subject=subject_of(stuck), request=stuck.reference, now=clock.now())
    gives_up = give_up_operation(request=stuck, user=orla)
    request_erasure_give_up(request=stuck, reason=WHY, by=by_orla, step_up=confirmed(orla, gives_up))
    assert SuppressedSubject.objects.filter(lifted_at=None).exists()
    request_deny(request=stuck, bases=[Basis.LEGAL], explanation=WHY, by=by_orla)
    assert not SuppressedSubject.objects.filter(lifted_at=None).exists()
    (event,) = recorded(Action.SUPPRESSION_LIFTED)
    assert event.detail["identifiers"] > 0


def test_who_had_come_back_and_is_denied_then_stays_off_the_list(
    orla: User, by_orla: Doer, stuck: PrivacyRequest
) -> None:
    """What an earlier request had listed was never taken back: a replay would have erased who was refused."""
    app_made()
    subject, listed = subject_of(stuck), DatabaseSuppressionList()
    address = next(each for each in subject.identifiers() if each.kind is IdentifierKind.EMAIL)
    device = next(each for each in subject.identifiers() if each.kind is IdentifierKind.DEVICE)
    suppress(subject=subject, request="PR-EARLIER", now=clock.now())
    listed.lift({address})
    suppress(subject=subject, request=stuck.reference, now=clock.now())
    gives_up = give_up_operation(request=stuck, user=orla)
    request_erasure_give_up(request=stuck, reason=WHY, by=by_orla, step_up=confirmed(orla, gives_up))
    request_deny(request=stuck, bases=[Basis.LEGAL], explanation=WHY, by=by_orla)
    assert listed.among({address, device}) == {device}  # that one's deletion stands
    assert listed.lift_of_same({device}, address) == 1


@pytest.mark.parametrize(
    ("reason", "refusal"),
    [
        pytest.param(" ", RequestIncompleteError, id="no reason"),
        pytest.param(f"{PERSON.email} is in a backup", NamesPersonError, id="a reason that names them"),
        pytest.param(WHY, StepUpRequiredError, id="confirmed something else"),
    ],
)
def test_giving_up_needs_a_reason_and_a_confirmation_of_its_own(
    orla: User, by_orla: Doer, stuck: PrivacyRequest, reason: str, refusal: type[Exception]
) -> None:
    other = confirmed(orla, erase_operation(request=stuck, user=orla))
    with pytest.raises(refusal):
        request_erasure_give_up(request=stuck, reason=reason, by=by_orla, step_up=other)
    assert ErasureRun.objects.get().state == "stuck"


def test_only_a_stuck_erasure_is_given_up_and_another_one_may_follow(
    orla: User, by_orla: Doer, stuck: PrivacyRequest
) -> None:
    gives_up = give_up_operation(request=stuck, user=orla)
    request_erasure_give_up(request=stuck, reason=WHY, by=by_orla, step_up=confirmed(orla, gives_up))
    with pytest.raises(RequestStateError):
        request_erasure_give_up(request=stuck, reason=WHY, by=by_orla, step_up=confirmed(orla, gives_up))
    begins = confirmed(orla, erase_operation(request=stuck, user=orla))
    assert request_erase(request=stuck, by=by_orla, step_up=begins).state == "running"
