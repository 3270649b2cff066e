"""Requests are passed on to who has the data: registered, told, reminded of, answered, and shown."""

from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client

from accounts.errors import StepUpRequiredError
from accounts.models import Letter, User
from accounts.services.mail import letters_send
from compliance.desk.domain.downstream import FoundBy, NoticeState, ProviderRole
from compliance.desk.domain.request_states import Kind, Scope
from compliance.desk.domain.verification import Method
from compliance.desk.errors import (
    NamesPersonError,
    ProviderAnswerError,
    ProviderError,
    ProvidersUnansweredError,
)
from compliance.desk.models import ErasureRun, PrivacyLetter, PrivacyRequest, ProviderNotice, ServiceProvider
from compliance.desk.services.downstream import (
    ProviderTerms,
    notice_readdress,
    notice_repeat,
    notice_settle,
    notices_lost_note,
    provider_change,
    provider_end,
    provider_notices_forget,
    provider_notices_remind,
    providers_tell,
)
from compliance.desk.services.erasure import erasure_run_through
from compliance.desk.services.handling import erase_operation, request_erase, subject_of
from compliance.desk.services.requests import request_acknowledge, request_complete, request_verify
from compliance.desk.services.requests.recording import Doer
from compliance.desk.tasks import letters_post
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Subject, holders
from tests.support.confirming import confirmed
from tests.support.operator import hidden
from tests.support.people import code_of, signed_in
from tests.support.privacy import NOBODY, PERSON, asked, day, notice_told, provider_made, verified
from tests.support.shipping import APP_ID, app_made, recorded
from updates.models import Device

PROVIDERS = "/console/compliance/providers/"
REQUESTS = "/console/compliance/requests/"


pytestmark = pytest.mark.usefixtures("nothing_else")


@pytest.fixture
def deletion(db: None, orla: User) -> PrivacyRequest:
    """Of somebody with a device, who has proved who they are."""
    now = clock.now()
    Device.objects.create(app=app_made(), device_id=PERSON.device_ids[0], first_seen_at=now, last_seen_at=now)
    return verified(request_acknowledge(request=asked(), by=NOBODY))


def erased(request: PrivacyRequest, by: User) -> ErasureRun:
    step_up = confirmed(by, erase_operation(request=request, user=by))
    run = erasure_run_through(request_erase(request=request, by=Doer(by.actor, by), step_up=step_up))
    assert (run.state, run.error) == ("done", "")
    return run


def answered(client: Client, notice: ProviderNotice, answer: str, note: str = "") -> str:
    path = f"{REQUESTS}{notice.request.reference}/notices/{notice.pk}/"
    page = client.post(path, {"answer": answer, "note": note}, follow=True)
    return unescape(page.content.decode())


def completed(client: Client, request: PrivacyRequest, **typed: Any) -> str:
    path = f"{REQUESTS}{request.reference}/complete/"
    page = client.post(path, {"bases": [], "explanation": "", **typed}, follow=True)
    request.refresh_from_db()
    return unescape(page.content.decode())


def test_a_deletion_is_passed_on_with_what_each_provider_needs(orla: User, deletion: PrivacyRequest) -> None:
    typed = {
        "name": "Crash Reports Ltd",
        "role": "provider",
        "address": "privacy@crash.example",
        "holds": "Crash reports, by device.",
        "found_by": ["device"],
        "contract_on": "2026-01-05",
    }
    client = signed_in(orla)
    proof = hidden(client.post(f"{PROVIDERS}new/", typed).content.decode())["digest"]
    client.post(f"{PROVIDERS}new/", {**typed, "digest": proof, "code": code_of(orla)})
    provider_made(orla, "Data Broker Inc", role=ProviderRole.THIRD_PARTY)
    provider_made(orla, "Survey Ltd", found_by=(FoundBy.CUSTOM_ID,))
    Letter.objects.all().delete()
    run = erased(deletion, orla)
    assert '"notices_written": {"provider": 1, "third_party": 1}' in run.statement

    # Sealed in the outbox, and there only what the provider needs.
    stored = " ".join(str(row) for row in (*Letter.objects.values(), *ProviderNotice.objects.values()))
    assert not any(each in stored for each in (PERSON.email, PERSON.device_ids[0], PERSON.name))
    assert letters_send() == 2
    told = next(str(letter.body) for letter in mail.outbox if "Crash Reports" in str(letter.body))
    assert deletion.reference in told
    assert PERSON.device_ids[0] in told
    assert not any(each in told for each in (PERSON.email, PERSON.name, PERSON.custom_id))
    assert not Letter.objects.filter(person=None).exists()

    states = {each.provider.name: each.state for each in ProviderNotice.objects.all()}
    assert states == {"Crash Reports Ltd": "sent", "Data Broker Inc": "sent", "Survey Ltd": "nobody"}
    assert recorded(Action.PROVIDERS_TOLD)[0].detail["nobody"] == 1
    assert len(recorded(Action.PROVIDER_NOTICE_SENT)) == 2


def test_a_notice_says_nothing_of_apps_in_which_nothing_was_found(
    orla: User, deletion: PrivacyRequest
) -> None:
    """They named no app, so they were looked for in all."""
    other = app_made("com.example.other")
    everywhere = provider_made(orla, found_by=(FoundBy.DEVICE,))
    elsewhere = provider_made(orla, "Survey Ltd", found_by=(FoundBy.DEVICE,), apps=(other.pk,))
    run = erased(deletion, orla)
    told = {notice.provider: notice.told_read().lines for notice in ProviderNotice.objects.all()}
    assert told == {everywhere: (("device", PERSON.device_ids[0], APP_ID),), elsewhere: ()}
    assert run.sealed_subject == ""


def test_answers_are_recorded_and_the_person_is_told_of_them(orla: User, deletion: PrivacyRequest) -> None:
    client = signed_in(orla)
    provider_made(orla)
    broker = provider_made(orla, "Data Broker Inc", role=ProviderRole.THIRD_PARTY)
    erased(deletion, orla)
    letters_send()
    assert "0 not told, 2 without an answer" in completed(client, deletion)
    assert not deletion.is_closed
    first = ProviderNotice.objects.exclude(provider=broker).get()
    second = ProviderNotice.objects.get(provider=broker)
    assert "Say why, with the facts." in answered(client, second, "refused")
    assert "mustn't hold" in answered(client, second, "refused", f"They keep {PERSON.email}.")
    answered(client, first, "confirmed")
    answered(client, second, "impossible", "They were dissolved in 2025; nobody is left.")
    assert set(ProviderNotice.objects.values_list("sealed_told", flat=True)) == {""}
    assert "settled already" in answered(client, first, "confirmed")

    completed(client, deletion)
    assert deletion.outcome == "complete"
    letter = PrivacyLetter.objects.latest("written_at").letter_read().body
    assert "- 1 service provider: confirmed" in letter
    assert "dissolved in 2025" in letter
    (address,) = (line for line in letter.splitlines() if "/privacy/receipts/" in line)
    receipt = Client().get("/" + address.strip().partition("://")[2].partition("/")[2]).content.decode()
    assert "1 third party: not told" in receipt
    assert "Data Broker" not in receipt
    page = client.get(f"{REQUESTS}{deletion.reference}/").content.decode()
    assert "Crash Reports Ltd: confirmed" in page
    assert "Notices written to providers" in page
    assert len(recorded(Action.PROVIDER_NOTICE_SETTLED)) == 2


def test_a_deletion_is_answered_before_its_providers_only_with_a_reason(
    orla: User, by_orla: Doer, deletion: PrivacyRequest
) -> None:
    provider_made(orla)
    erased(deletion, orla)
    with pytest.raises(ProvidersUnansweredError):
        request_complete(request=deletion, by=by_orla)
    with pytest.raises(NamesPersonError):
        request_complete(request=deletion, by=by_orla, unanswered=f"{PERSON.email} is in a hurry.")
    completed(signed_in(orla), deletion, unanswered="They have until Friday; the deadline is today.")
    assert deletion.outcome == "complete"
    assert "until Friday" in deletion.steps.get(step="providers_open").note
    assert recorded(Action.PROVIDERS_OPEN)[0].detail["open"] == 1
    # Its answer is awaited all the same, and recorded when it comes.
    letters_send()
    notice = ProviderNotice.objects.get()
    notice_settle(notice=notice, to=NoticeState.CONFIRMED, note="", by=by_orla)
    assert deletion.steps.filter(step="provider_answered").exists()


@pytest.mark.parametrize(
    ("kind", "role", "is_told"),
    [
        (Kind.CORRECT, ProviderRole.PROVIDER, True),
        (Kind.CORRECT, ProviderRole.THIRD_PARTY, False),
        (Kind.OPT_OUT, ProviderRole.PROVIDER, False),
        (Kind.OPT_OUT, ProviderRole.THIRD_PARTY, True),
        (Kind.KNOW, ProviderRole.PROVIDER, False),
    ],
)
def test_other_requests_are_passed_on_to_whom_the_law_names(
    orla: User, by_orla: Doer, kind: Kind, role: ProviderRole, *, is_told: bool
) -> None:
    provider_made(orla, role=role)
    client = signed_in(orla)
    request = asked(kind, scope=Scope.SPECIFIC if kind is Kind.KNOW else Scope.NONE)
    request = request if kind.is_opt_out else verified_for(request, by_orla)
    steps = client.get(f"{REQUESTS}{request.reference}/").context["next_steps"]
    assert ("tell" in {step.name for step in steps}) is is_told
    words = {"words": "The name is Person."} if kind is Kind.CORRECT else {}
    if is_told:
        assert "1 not told" in completed(client, request)
    client.post(f"{REQUESTS}{request.reference}/tell/", words)
    assert ProviderNotice.objects.count() == int(is_told)
    if is_told and kind is Kind.CORRECT:
        assert "The name is Person." in Letter.objects.latest("written_at").body_read()


def verified_for(request: PrivacyRequest, by: Doer) -> PrivacyRequest:
    method = Method.THREE_POINTS if request.asks is Kind.KNOW else Method.TWO_POINTS
    return request_verify(request=request, method=method, proved=request.subjects.all(), by=by)


def test_the_dry_run_names_who_would_be_told_and_by_how_much(orla: User) -> None:
    request = verified(asked())
    path = f"{REQUESTS}{request.reference}/erasure/"
    assert "No provider would be told." in signed_in(orla).post(path, {"act": "plan"}).content.decode()
    provider_made(orla)
    provider_made(orla, name="Callers", found_by=(FoundBy.CUSTOM_ID,))
    page = unescape(signed_in(orla).post(path, {"act": "plan"}).content.decode())
    assert "e-mail address: 1" in page
    assert "nothing: they could find nobody by what is known" in page
    assert PERSON.email not in page
    assert not ProviderNotice.objects.exists()


def test_a_letter_that_nobody_takes_leaves_the_notice_due(orla: User) -> None:
    client = signed_in(orla)
    with day(0):
        notice = notice_told(by=orla)
    with day(4):
        letters_send()
        notice.refresh_from_db()
        assert (notice.state, notice.is_undelivered, notice.unsent_why) == ("due", True, "undelivered")
        assert recorded(Action.PROVIDER_NOTICE_GIVEN_UP)
        answered(client, notice, "again")
        letters_send()
        notice.refresh_from_db()
        assert (notice.state, len(mail.outbox)) == ("sent", 1)


def test_a_letter_that_another_erasure_takes_leaves_the_notice_unsent_and_red(orla: User) -> None:
    """It waited for ever: nobody could write it again, since it was said to wait."""
    notice, client = notice_told(by=orla), signed_in(orla)
    assert notices_lost_note() == 0
    theirs = Subject(emails=frozenset({notice.provider.address}))
    next(each for each in holders() if each.name == "letters").erase(theirs, "PR-ANOTHER")
    letters_post()
    notice.refresh_from_db()
    assert (notice.letter, notice.unsent_why, notice.is_undelivered) == (None, "erased", True)
    assert recorded(Action.PROVIDER_NOTICE_GIVEN_UP)[0].detail["why"] == "erased"
    assert "1 has no letter any more" in unescape(client.get("/console/compliance/").content.decode())
    page = unescape(client.get(f"{REQUESTS}{notice.request.reference}/").content.decode())
    assert "rc-pill-bad" in page
    assert "the letter went with an erasure" in page
    answered(client, notice, "again")
    letters_send()
    notice.refresh_from_db()
    assert (notice.state, notice.unsent_why) == ("sent", "")


def test_a_notice_that_goes_another_way_takes_its_letter_back(orla: User) -> None:
    notice = notice_told(by=orla)
    client = signed_in(orla)
    assert "Say how it went" in answered(client, notice, "otherwise")
    answered(client, notice, "otherwise", "By their portal, ticket 12.")
    notice.refresh_from_db()
    assert (notice.state, Letter.objects.filter(person=None).count()) == ("sent", 0)


def test_officers_are_reminded_and_what_is_too_old_is_forgotten(orla: User) -> None:
    with day(0):
        notice = notice_told(by=orla)
    with day(16):
        assert (provider_notices_remind(), provider_notices_remind()) == (1, 0)
        assert Letter.objects.filter(subject="Notices to providers aren't answered").count() == 1
        page = unescape(signed_in(orla).get(PROVIDERS).content.decode())
        assert "1 overdue." in page
        assert "1 notice is not answered, 1 overdue." in unescape(
            signed_in(orla).get("/console/compliance/").content.decode()
        )
    with day(90):
        assert provider_notices_forget() == 0
    with day(91):
        assert (provider_notices_forget(), provider_notices_forget()) == (1, 0)
        notice.refresh_from_db()
        assert (notice.sealed_told, notice.is_open) == ("", True)
        assert "isn't kept any more" in _refused_again(orla, notice)


def _refused_again(orla: User, notice: ProviderNotice) -> str:
    ProviderNotice.objects.update(letter=None)
    with pytest.raises(ProviderAnswerError) as refused:
        notice_repeat(notice=notice, by=Doer(orla.actor, orla))
    return refused.value.message


def test_a_provider_is_changed_ended_and_told_of_nothing_then(orla: User) -> None:
    client, row = signed_in(orla), provider_made(orla)
    with pytest.raises(ProviderError, match="of this name"):
        provider_made(orla)
    form = client.get(f"{PROVIDERS}{row.pk}/").context["form"]
    typed = form.initial | {"holds": "Nothing but counts.", "contract_on": ""}
    client.post(f"{PROVIDERS}{row.pk}/", typed)
    row.refresh_from_db()
    assert (row.holds, row.version, row.apps) == ("Nothing but counts.", 2, ())
    with pytest.raises(ProviderError, match="meanwhile"):
        provider_change(provider_id=row.pk, terms=form_terms(row), version=1, user=orla, now=clock.now())
    client.post(f"{PROVIDERS}{row.pk}/end/", {"reason": "The contract is over; they deleted it."})
    request = asked()
    assert providers_tell(request=request, subject=subject_of(request), by=NOBODY) == []
    assert "The contract is over" in client.get(PROVIDERS).content.decode()
    assert [len(recorded(each)) for each in (Action.PROVIDER_CHANGED, Action.PROVIDER_ENDED)] == [1, 1]


def test_a_provider_ends_on_the_operators_day(orla: User, settings: LazySettings) -> None:
    settings.PRIVACY_TIME_ZONE = "America/Los_Angeles"
    at = datetime(2026, 3, 2, 3, tzinfo=UTC)
    ended = provider_end(provider_id=provider_made(orla).pk, reason="It's over.", user=orla, now=at)
    assert ended.ended_on == date(2026, 3, 1)


def test_where_notices_go_is_confirmed_and_one_that_went_out_goes_to_its_own_address_again(
    orla: User,
) -> None:
    """Whoever could change the address and press "again" would get everything that notices name."""
    app_made()
    notice = notice_told(by=orla)
    letters_send()
    client, row = signed_in(orla), notice.provider
    typed = client.get(f"{PROVIDERS}{row.pk}/").context["form"].initial | {
        "contract_on": "",
        "address": "mallory@evil.example",
    }
    asked_for = hidden(client.post(f"{PROVIDERS}{row.pk}/", typed).content.decode())["digest"]
    with pytest.raises(StepUpRequiredError):
        provider_change(
            provider_id=row.pk,
            terms=replace(form_terms(row), address="mallory@evil.example"),
            version=1,
            user=orla,
            now=clock.now(),
        )
    # A confirmation of one address is none of another.
    other = typed | {"address": "eve@evil.example", "digest": asked_for, "code": code_of(orla)}
    client.post(f"{PROVIDERS}{row.pk}/", other)
    row.refresh_from_db()
    assert row.address == "privacy@crash.example"
    client.post(f"{PROVIDERS}{row.pk}/", typed | {"digest": asked_for, "code": code_of(orla)})
    row.refresh_from_db()
    assert row.address == "mallory@evil.example"

    answered(client, notice, "again")
    letters_send()
    assert [letter.to for letter in mail.outbox[-1:]] == [["privacy@crash.example"]]
    page = unescape(client.get(f"{REQUESTS}{notice.request.reference}/notices/{notice.pk}/").content.decode())
    assert f"device id …{PERSON.device_ids[0][-4:]}" in page
    assert PERSON.device_ids[0] not in page
    assert "Write anew, to mallory@evil.example: their address has changed since" in page
    with pytest.raises(ProviderAnswerError, match="changed meanwhile"):
        notice_readdress(notice=notice, address="privacy@crash.example", by=NOBODY)
    address = f"{REQUESTS}{notice.request.reference}/notices/{notice.pk}/"
    client.post(address, {"answer": "elsewhere", "note": "", "address": row.address})
    letters_send()
    assert mail.outbox[-1].to == [row.address]


def test_a_notice_that_nobody_took_goes_to_the_providers_new_address(orla: User) -> None:
    """The database refused it: why the first letter didn't go was still said of the one that waits."""
    notice = notice_told(by=orla)
    ProviderNotice.objects.update(letter=None, unsent_why="undelivered")
    ServiceProvider.objects.update(address="privacy@moved.example")
    notice = notice_readdress(notice=notice, address="privacy@moved.example", by=NOBODY)
    assert (notice.letter is None, notice.unsent_why) == (False, "")


def form_terms(row: ServiceProvider) -> Any:
    return ProviderTerms(row.name, row.is_a, row.address, row.holds, row.finds_by)
