"""What happens by itself: reminders without data, and forgetting after 24 months."""

from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import Letter, User
from compliance.desk.backends.subject_key import subject_digest
from compliance.desk.domain.subjects import SubjectKind
from compliance.desk.models import PrivacyLetter, PrivacyRequest, PrivacyRequestStep, PrivacyRequestSubject
from compliance.desk.services.downstream import providers_tell
from compliance.desk.services.erasure import erasure_start
from compliance.desk.services.handling import subject_of
from compliance.desk.services.requests import request_acknowledge, request_complete
from compliance.desk.services.requests.sealed import request_secrets
from compliance.desk.tasks import requests_purge, requests_remind
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock, sealing
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
