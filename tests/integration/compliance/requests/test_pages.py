"""The officer's pages: list, calendar, one request, its steps with their letters, and who may what."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from compliance.desk.domain.request_states import Kind
from compliance.desk.domain.subjects import Contact
from compliance.desk.models import PrivacyRequest
from compliance.desk.services.requests import request_withdraw
from compliance.ledger.domain.events import Action
from tests.support.people import signed_in
from tests.support.privacy import BY_HAND, NOBODY, PERSON, asked, day, verified
from tests.support.shipping import recorded

pytestmark = pytest.mark.django_db

REQUESTS = "/console/compliance/requests/"
HOSTILE = '<script>alert(1)</script>"\'{{ 7*7 }}=HYPERLINK("x")'


def told(answer: Any) -> str:
    text = re.sub(r"<[^>]*>", " ", answer.content.decode())
    return " ".join(text.split())


def names(answer: Any) -> list[str]:
    return [request.reference for request, _ in answer.context["lines"]]


def test_the_list_has_the_next_deadline_first(orla: User) -> None:
    with day(0):
        late, soon, later = asked(), asked(), asked()
    with day(46):
        fresh, closed = asked(), request_withdraw(request=asked(), by=NOBODY)
        client = signed_in(orla)
        everything = client.get(REQUESTS)
        assert names(everything) == [late.reference, soon.reference, later.reference, fresh.reference]
        assert dict(everything.context["counts"]) == {"running": 4, "at_risk": 0, "overdue": 3}
        assert "answer by 16 Apr 2026" in told(everything)
        assert names(client.get(REQUESTS, {"show": "overdue"})) == names(everything)[:3]
        assert names(client.get(REQUESTS, {"show": "closed"})) == [closed.reference]
        assert len(names(client.get(REQUESTS, {"show": "all"}))) == 5


def test_the_list_is_filtered(orla: User) -> None:
    delete, opt_out = asked(), asked(Kind.OPT_OUT)
    client = signed_in(orla)
    assert names(client.get(REQUESTS, {"kind": "opt_out"})) == [opt_out.reference]
    assert set(names(client.get(REQUESTS, {"channel": "form"}))) == {delete.reference, opt_out.reference}
    assert names(client.get(REQUESTS, {"channel": "letter"})) == []
    nonsense = client.get(REQUESTS, {"kind": "' OR 1=1 --", "page": "x"})
    assert set(names(nonsense)) == {delete.reference, opt_out.reference}


@pytest.mark.parametrize("number", [10, 11, 13, 14])
def test_an_acknowledgement_is_at_risk_three_days_before_it_is_due(number: int, orla: User) -> None:
    with day(0):
        request = asked()
    with day(number):
        shown = names(signed_in(orla).get(REQUESTS, {"show": "at_risk"}))
    assert shown == ([] if number == 10 else [request.reference])


@pytest.mark.parametrize(
    "said", [PERSON.email.upper(), PERSON.device_ids[0], PERSON.custom_id, "the reference"]
)
def test_a_request_is_found_by_an_identifier_that_is_not_kept(said: str, orla: User) -> None:
    request = request_withdraw(request=asked(), by=NOBODY)
    asked(contact=Contact(email="other@example.org"))
    client = signed_in(orla)
    found = client.post(REQUESTS, {"q": request.reference.lower() if said == "the reference" else said})
    assert names(found) == [request.reference]
    assert names(client.post(REQUESTS, {"q": "petra"})) == []
    events = recorded(Action.PRIVACY_SEARCHED)
    assert [event.detail for event in events] == [{"found": 1}, {"found": 0}]
    assert {event.actor_id for event in events} == {str(orla.pk)}


def test_who_only_reads_finds_nobody_by_an_identifier(audra: User) -> None:
    asked(contact=Contact(email="other@example.org"))
    assert names(signed_in(audra).post(REQUESTS, {"q": PERSON.email})) != []  # the list as it is
    asked()
    assert len(names(signed_in(audra).post(REQUESTS, {"q": PERSON.email}))) == 2
    assert not recorded(Action.PRIVACY_SEARCHED)


def test_a_late_acknowledgement_is_called_late(orla: User) -> None:
    with day(0):
        request = asked()
    page = f"{REQUESTS}{request.reference}/"
    with day(40):
        client = signed_in(orla)
        client.post(f"{page}acknowledge/")
        said = told(client.get(page)).partition("Acknowledge by")[2].partition("Answer by")[0]
    assert said.endswith("late ")


def test_the_calendar_has_both_deadlines(orla: User) -> None:
    with day(0):
        request = asked()
        answer = signed_in(orla).get(f"{REQUESTS}calendar/")
    days = {str(each): [due.what for due in dues] for each, dues in answer.context["days"].items()}
    assert days == {"2026-03-16": ["acknowledge"], "2026-04-16": ["answer"]}
    assert request.reference in told(answer)


def test_an_officer_takes_a_request_to_its_end(orla: User) -> None:
    client = signed_in(orla)
    made = client.post(
        f"{REQUESTS}new/",
        {"kind": "delete", "channel": "phone", "email": PERSON.email, "phone": "+1 555 010", "name": "Petra"},
    )
    request = PrivacyRequest.objects.get()
    page = f"{REQUESTS}{request.reference}/"
    assert made.headers["Location"] == page
    assert "Next: acknowledge." in told(client.get(page))
    for step, fields in (
        ("acknowledge", {}),
        ("fail-verification", {}),
        ("verify", {"method": "two_points", "proved": [request.subjects.get(kind="email").pk]}),
        ("verify", {"method": "two_points", "proved": [request.subjects.get(kind="phone").pk]}),
        ("extend", {"reason": "Many came at once."}),
        ("complete", {"otherwise": BY_HAND}),
    ):
        assert client.get(f"{page}{step}/").status_code == 200
        assert client.post(f"{page}{step}/", fields).headers["Location"] == page, step
    said = told(client.get(page))
    for words in ("Received", "Acknowledged", "Identity verified", "Extended to 90 days", "Complied with"):
        assert words in said
    assert "are removed: the record is a reference" in said


def test_an_officer_can_tell_two_devices_apart_that_they_tick(orla: User) -> None:
    devices = ("8f0f2f4e-aaaa-4000-8000-00000000beef", "8f0f2f4e-aaaa-4000-8000-00000000cafe")
    request = asked(contact=Contact(email=PERSON.email, device_ids=devices))
    said = told(signed_in(orla).get(f"{REQUESTS}{request.reference}/verify/"))
    assert all(words in said for words in ("Device 1 (…beef)", "Device 2 (…cafe)", "E-mail address (….org)"))
    assert not any(each in said for each in (PERSON.email, *devices))
    # What stays on record says kinds alone.
    assert "…" not in verified(request).steps.get(step="verified").note


def test_the_letter_is_shown_before_it_is_sent(orla: User) -> None:
    request = verified(asked())
    page, client = f"{REQUESTS}{request.reference}/deny/", signed_in(orla)
    fields = {"bases": ["105d8"], "explanation": "Tax law wants it.", "preview": "1"}
    said = told(client.post(page, fields))
    assert "Tax law wants it." in said
    assert "Hello Petra Person," in said
    assert "confirm with counsel" in said
    request.refresh_from_db()
    assert not request.is_closed


def test_a_refusal_is_said_on_the_form(orla: User) -> None:
    with day(0):
        request = asked()
    with day(46):
        answer = signed_in(orla).post(
            f"{REQUESTS}{request.reference}/extend/", {"reason": "Many came at once."}
        )
    assert "The first 45 days are over" in told(answer)


def test_only_what_can_be_done_is_offered(orla: User) -> None:
    client = signed_in(orla)

    def offered(request: PrivacyRequest) -> list[str]:
        return [step.name for step in client.get(f"{REQUESTS}{request.reference}/").context["next_steps"]]

    assert offered(asked(Kind.OPT_OUT)) == ["complete", "deny", "withdraw", "backdate"]
    assert offered(asked())[:3] == ["acknowledge", "verify", "fail-verification"]
    assert "complete" in offered(verified(asked()))
    assert offered(request_withdraw(request=asked(), by=NOBODY)) == []


def test_who_asks_is_shown_on_a_click_that_is_on_record(orla: User) -> None:
    request = asked()
    page, client = f"{REQUESTS}{request.reference}/", signed_in(orla)
    assert PERSON.email not in client.get(page).content.decode()
    assert not recorded(Action.PRIVACY_CONTACT_SHOWN)
    assert PERSON.email in client.post(f"{page}contact/").content.decode()
    assert len(recorded(Action.PRIVACY_CONTACT_SHOWN)) == 1
    assert client.get(f"{page}contact/").status_code == 405


def test_nobody_is_left_to_show_on_a_closed_request(orla: User) -> None:
    request = request_withdraw(request=asked(), by=NOBODY)
    answer = signed_in(orla).post(f"{REQUESTS}{request.reference}/contact/")
    assert answer.status_code == 200
    assert not recorded(Action.PRIVACY_CONTACT_SHOWN)


def test_an_auditor_reads_and_does_nothing(audra: User) -> None:
    request = asked()
    page, client = f"{REQUESTS}{request.reference}/", signed_in(audra)
    said = client.get(page)
    assert said.status_code == 200
    assert said.context["next_steps"] == []
    for path in ("contact/", "deny/", "letters/acknowledge/"):
        assert client.post(page + path).status_code == 403
    assert client.post(f"{REQUESTS}new/").status_code == 403


@pytest.mark.parametrize("who", ["rita", "kai", "ansel", "olaf"])
def test_who_handles_no_requests_sees_none(who: str, request: pytest.FixtureRequest) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.get(REQUESTS).status_code == 403
    assert client.get(f"{REQUESTS}{asked().reference}/").status_code == 403


def test_a_letter_is_taken_as_a_file(orla: User) -> None:
    request = asked()
    page, client = f"{REQUESTS}{request.reference}/", signed_in(orla)
    client.post(f"{page}acknowledge/")
    taken = client.post(f"{page}letters/acknowledge/")
    assert taken.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert f"{request.reference}-acknowledge.txt" in taken.headers["Content-Disposition"]
    for letter in ("deny", "receipt", "../../etc/passwd", "passport"):
        assert client.post(f"{page}letters/{letter}/").status_code == 404


@pytest.mark.parametrize("address", ["PR-NOTTHERE/", "PR-NOTTHERE/deny/", "reports/passwords/"])
def test_what_is_not_there(address: str, orla: User) -> None:
    assert signed_in(orla).get(REQUESTS + address).status_code == 404


def test_an_unknown_step_is_not_there(orla: User) -> None:
    assert signed_in(orla).get(f"{REQUESTS}{asked().reference}/forget/").status_code == 404


def test_hostile_text_stays_text(orla: User) -> None:
    contact = Contact(name=HOSTILE, email="petra@example.org", statement=HOSTILE, custom_id=HOSTILE)
    request = asked(contact=replace(contact, app=HOSTILE), app_id=HOSTILE)
    assert request.app_id == ""
    page, client = f"{REQUESTS}{request.reference}/", signed_in(orla)
    preview = client.get(f"{page}acknowledge/")
    for answer in (client.post(f"{page}contact/"), client.get(page), preview):
        assert "<script>alert" not in answer.content.decode()
    assert "Hello," in preview.content.decode()


def test_the_side_bar_counts_what_presses(orla: User, audra: User) -> None:
    with day(0):
        asked()
    with day(40):
        for user, count in ((orla, 1), (audra, 0)):
            groups = signed_in(user).get(REQUESTS).context["sidebar_navigation"]
            (entry,) = [
                item for group in groups for item in group["items"] if item["title"] == "Privacy requests"
            ]
            assert entry["count"] == count


def test_the_audit_log_leads_to_a_request_while_it_is_there(orla: User) -> None:
    client: Client = signed_in(orla)
    request = asked()
    address = f"{REQUESTS}{request.reference}/"
    assert f'href="{address}"' in client.get("/console/compliance/log/").content.decode()
    request.delete()
    assert f'href="{address}"' not in client.get("/console/compliance/log/").content.decode()
