"""What happens by itself: reminders without data, and forgetting after 24 months."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
import time_machine
from django.conf import LazySettings

from accounts.models import Letter, User
from compliance.desk.backends.subject_key import subject_digest
from compliance.desk.domain.subjects import SubjectKind
from compliance.desk.models import (
    ErasureRun,
    PrivacyLetter,
    PrivacyRequest,
    PrivacyRequestStep,
    PrivacyRequestSubject,
    SuppressedSubject,
)
from compliance.desk.services.downstream import providers_tell
from compliance.desk.services.erasure import erasure_start
from compliance.desk.services.erasure.suppression import DatabaseSuppressionList, suppress
from compliance.desk.services.handling import subject_of
from compliance.desk.services.requests import request_acknowledge, request_complete
from compliance.desk.services.requests.sealed import request_secrets
from compliance.desk.tasks import requests_purge, requests_remind
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import HoldScope, PurgeRun
from compliance.ledger.services.holds import HoldTerms, hold_place
from releaseconsole.kernel import clock, sealing
from releaseconsole.personal_data import Identifier, Scoped, Subject
from tests.support.people import person
from tests.support.privacy import BY_HAND, NOBODY, PERSON, asked, day, provider_made, verified
from tests.support.shipping import recorded

pytestmark = pytest.mark.django_db


def letters() -> list[Letter]:
    return list(Letter.objects.exclude(person=None))


def test_officers_are_told_of_what_presses_by_a_link_and_nothing_else(
    orla: User, audra: User, request_of_day_0: PrivacyRequest
) -> None:
    with day(46):
        requests_remind()
    (letter,) = letters()
    said = letter.subject + letter.body_read()
    assert letter.person == orla
    assert "1 privacy request is overdue" in said
    assert "/console/compliance/requests/" in said
    for personal in (request_of_day_0.reference, "Petra", PERSON.email, "delete"):
        assert personal not in said
    assert recorded(Action.PRIVACY_REMINDED)[0].detail["overdue"] == 1


def test_nobody_is_told_twice_a_day(orla: User, request_of_day_0: PrivacyRequest) -> None:
    with day(40):
        requests_remind()
        requests_remind()
        assert len(letters()) == 1
    with day(41):
        requests_remind()
    assert len(letters()) == 2


def test_nobody_is_told_while_nothing_presses(orla: User, request_of_day_0: PrivacyRequest) -> None:
    with day(1):
        requests_remind()
    assert letters() == []
    assert not recorded(Action.PRIVACY_REMINDED)


def test_where_nobody_handles_requests_administrators_are_told(
    ada: User, request_of_day_0: PrivacyRequest
) -> None:
    with day(40):
        requests_remind()
    (letter,) = letters()
    assert letter.person == ada
    assert "Appoint a compliance officer" in letter.body_read()


def test_where_there_is_nobody_at_all_the_next_one_is_told(request_of_day_0: PrivacyRequest) -> None:
    with day(40):
        requests_remind()
    request_of_day_0.refresh_from_db()
    assert request_of_day_0.reminded_on is None


@pytest.mark.parametrize(
    ("today", "is_there"),
    [
        pytest.param(datetime(2028, 3, 22, 23, 59, tzinfo=UTC), True, id="the last day of 24 months"),
        pytest.param(datetime(2028, 3, 23, 0, 0, tzinfo=UTC), False, id="the day after"),
    ],
)
def test_a_record_goes_after_24_months_with_all_that_belongs_to_it(
    today: datetime, *, is_there: bool, request_of_day_0: PrivacyRequest
) -> None:
    with day(20):
        request_complete(request=verified(request_of_day_0), by=NOBODY, otherwise=BY_HAND)
        running = asked()
    with time_machine.travel(today, tick=False):
        requests_purge()
    kept = PrivacyRequest.objects.filter(pk=request_of_day_0.pk)
    assert kept.exists() is is_there
    assert PrivacyRequestStep.objects.filter(request_id=request_of_day_0.pk).exists() is is_there
    assert PrivacyRequestSubject.objects.filter(request_id=request_of_day_0.pk).exists() is is_there
    assert PrivacyRequest.objects.filter(pk=running.pk).exists()
    told = [event.detail["references"] for event in recorded(Action.PRIVACY_PURGED)]
    assert told == ([] if is_there else [[request_of_day_0.reference]])


def test_what_an_erasure_did_stays_without_the_reference_once_the_record_is_gone(
    request_of_day_0: PrivacyRequest, settings: LazySettings, tmp_path: Path, redis_client: redis.Redis
) -> None:
    """Together they stay: a phone comes off the list with the address of its own request, and no other."""
    settings.PRIVACY_LIST_FILE = tmp_path / "suppressed.json"
    with day(20):
        requests = (request_of_day_0, asked(), asked())
        who = [
            Subject(emails=frozenset({f"{number}@example.com"}), devices=frozenset({phone(number)}))
            for number in range(3)
        ]
        for second, (subject, request) in enumerate(zip(who, requests, strict=True)):
            at = clock.now() + timedelta(seconds=second)  # no two erasures begin in the same moment
            suppress(subject=subject, request=request.reference, now=at)
        run = erasure_start(request_of_day_0.reference, who[0], SYSTEM, clock.now())
        ErasureRun.objects.update(
            state="done", sealed_subject="", finished_at=clock.now(), event=1, statement=run.request
        )
        request_complete(request=verified(request_of_day_0), by=NOBODY, otherwise=BY_HAND)
    listed, gone = DatabaseSuppressionList(), request_of_day_0.reference
    assert gone in settings.PRIVACY_LIST_FILE.read_text()
    with time_machine.travel(datetime(2028, 3, 23, tzinfo=UTC), tick=False):
        requests_purge()
        suppress(subject=who[2], request="PR-ANOTHER", now=clock.now())
    run.refresh_from_db()
    assert (gone in run.request + run.statement, run.steps.count() > 0) == (False, True)
    assert gone not in settings.PRIVACY_LIST_FILE.read_text()
    assert SuppressedSubject.objects.filter(request__startswith="~").count() == 2
    phones = {Identifier.device(*phone(number)) for number in range(3)}
    assert listed.among(phones) == phones
    listed.lift({Identifier.email("0@example.com")})
    listed.lift_of_same(phones, Identifier.email("0@example.com"))
    assert listed.among(phones) == phones - {Identifier.device(*phone(0))}


def phone(number: int) -> Scoped:
    return Scoped("com.example.app", f"8f0f2f4e-0000-4000-8000-00000000000{number}")


def test_a_record_under_a_legal_hold_stays_as_long_as_that(request_of_day_0: PrivacyRequest) -> None:
    with day(20):
        request_complete(request=verified(request_of_day_0), by=NOBODY, otherwise=BY_HAND)
    terms = HoldTerms(HoldScope.OBJECT, subject=("privacy_request", request_of_day_0.reference))
    hold = hold_place(terms=terms, reason="Case 12", actor=SYSTEM, now=clock.now())
    with time_machine.travel(datetime(2029, 1, 1, tzinfo=UTC), tick=False):
        requests_purge()
    assert PrivacyRequest.objects.filter(pk=request_of_day_0.pk).exists()
    assert PurgeRun.objects.get(pk="privacy requests").held == {str(hold.pk): 1}


def test_who_asks_and_the_key_of_the_hashes_can_be_sealed_anew(
    request_of_day_0: PrivacyRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_acknowledge(request=request_of_day_0, by=NOBODY)
    before = subject_digest(SubjectKind.EMAIL, PERSON.email)
    old = sealing.kek_current()
    new = sealing.KeyEncryptionKey(bytes(range(32)))
    verified(request_of_day_0)
    provider_made(person("orla"))
    (notice,) = providers_tell(request=request_of_day_0, subject=subject_of(request_of_day_0), by=NOBODY)
    told = notice.told_read()
    about = subject_of(request_of_day_0)
    run = erasure_start(request_of_day_0.reference, about, NOBODY.actor, clock.now())
    monkeypatch.setattr(sealing._Holder, "kek", sealing.KEKRing(new, [old]))
    for holder in request_secrets():
        assert holder.rewrap().renewed == 1
        assert set(holder.census()) == {new.kek_id}
    monkeypatch.setattr(sealing._Holder, "kek", sealing.KEKRing(new))
    request_of_day_0.refresh_from_db()
    notice.refresh_from_db()
    assert (request_of_day_0.contact_read(), notice.told_read()) == (PERSON, told)
    run.refresh_from_db()
    assert run.subject_read() == about
    assert PrivacyLetter.objects.get().letter_read().address == PERSON.email
    assert subject_digest(SubjectKind.EMAIL, PERSON.email) == before
