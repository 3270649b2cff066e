"""The life of a request by its services: what each step writes, and to whom."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from compliance.desk.domain.denials import Basis
from compliance.desk.domain.intake import Intake
from compliance.desk.domain.request_letters import RequestLetterKind
from compliance.desk.domain.request_states import Channel, Kind, Outcome, Scope, State, Step
from compliance.desk.domain.subjects import Contact
from compliance.desk.domain.verification import Authority, Method, Verification
from compliance.desk.errors import (
    ExtensionLateError,
    ExtensionSpentError,
    NamesPersonError,
    NotDoneError,
    VerificationMethodError,
)
from compliance.desk.models import ErasureRun, PrivacyLetter, PrivacyRequest
from compliance.desk.models.letters import Sealed
from compliance.desk.services.requests import (
    contact_show,
    letter_take,
    request_acknowledge,
    request_complete,
    request_deny,
    request_extend,
    request_receive,
    request_verification_fail,
    request_verify,
    request_withdraw,
)
from compliance.desk.services.requests.letters import letters_of
from compliance.desk.services.requests.recording import Doer
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditDisclosure, AuditEvent
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from tests.support.privacy import BY_HAND, NOBODY, PERSON, RECEIVED, asked, day, verified
from tests.support.shipping import recorded

pytestmark = pytest.mark.django_db


def letter_sent() -> Sealed:
    letter = PrivacyLetter.objects.get().letter_read()
    assert letter.address == PERSON.email
    return letter


def test_a_request_gets_its_deadlines_when_it_comes(request_of_day_0: PrivacyRequest) -> None:
    received = request_of_day_0
    assert (received.received_on, received.ack_due, received.due) == (
        date(2026, 3, 2),
        date(2026, 3, 16),
        date(2026, 4, 16),
    )
    assert (received.stands, received.identity) == (State.OPEN, Verification.PENDING)
    (event,) = recorded(Action.PRIVACY_RECEIVED)
    assert event.object_id == received.reference
    assert event.detail["due"] == "2026-04-16"


def test_days_are_counted_in_the_operators_zone(settings: Settings) -> None:
    settings.PRIVACY_TIME_ZONE = "Pacific/Auckland"
    with day(0):  # noon in UTC is the next day there
        assert asked().received_on == date(2026, 3, 3)


def test_acknowledging_sends_the_letter_and_keeps_the_deadline(
    request_of_day_0: PrivacyRequest, by_orla: Doer
) -> None:
    with day(3):
        request = request_acknowledge(request=request_of_day_0, by=by_orla)
    assert (request.stands, request.due) == (State.IN_PROGRESS, date(2026, 4, 16))
    assert "16 April 2026" in letter_sent().body
    assert recorded(Action.PRIVACY_ACKNOWLEDGED)[0].actor_id == by_orla.actor.id


@pytest.mark.parametrize(
    ("named", "is_verified", "greeted"),
    [
        pytest.param("Petra Person", False, "Hello,", id="anybody may have typed it"),
        pytest.param("Petra Person", True, "Hello Petra Person,", id="verified"),
        pytest.param("Petra, see https://evil.example/", True, "Hello,", id="a link"),
    ],
)
def test_a_letter_greets_by_name_whoever_proved_it(
    named: str, *, is_verified: bool, greeted: str, by_orla: Doer
) -> None:
    """Else the form would be a way to have a mail of one's own words sent to anybody."""
    request = asked(contact=replace(PERSON, name=named))
    request_acknowledge(request=verified(request) if is_verified else request, by=by_orla)
    said = letter_sent().body
    assert said.startswith(f"{greeted}\n")
    assert "evil" not in said


def test_an_acknowledgement_without_an_address_waits_to_be_printed(by_orla: Doer) -> None:
    request = request_acknowledge(request=asked(contact=Contact(phone="+1 555 010 9999")), by=by_orla)
    assert PrivacyLetter.objects.get().state == "to_print"
    assert "to be printed" in request.steps.get(step=Step.ACKNOWLEDGED).note
    text = letter_take(request=request, letter=RequestLetterKind.ACKNOWLEDGE, by=by_orla)
    assert request.reference in text
    assert len(recorded(Action.PRIVACY_LETTER_TAKEN)) == 1


def test_verifying_does_not_stop_the_clock(request_of_day_0: PrivacyRequest, by_orla: Doer) -> None:
    with day(40):
        request = request_verification_fail(request=request_of_day_0, by=by_orla)
        request = verified(request, by_orla)
    assert (request.identity, request.due) == (Verification.VERIFIED, date(2026, 4, 16))
    assert [step.step for step in request.steps.all()] == ["received", "verification_failed", "verified"]


@pytest.mark.parametrize("number", [0, 44, 45])
def test_an_extension_through_day_45_goes_to_day_90(
    number: int, request_of_day_0: PrivacyRequest, by_orla: Doer
) -> None:
    with day(number):
        request = request_extend(request=request_of_day_0, reason="Many came at once.", by=by_orla)
    assert request.answer_due == date(2026, 5, 31) == (RECEIVED + timedelta(days=90)).date()
    said = letter_sent().body
    assert "31 May 2026" in said
    assert "Many came at once." in said


@pytest.mark.parametrize("number", [46, 89, 90, 91])
def test_late_notice_is_refused(number: int, request_of_day_0: PrivacyRequest, by_orla: Doer) -> None:
    with day(number), pytest.raises(ExtensionLateError):
        request_extend(request=request_of_day_0, reason="Many came at once.", by=by_orla)
    request_of_day_0.refresh_from_db()
    assert request_of_day_0.extended_at is None
    assert not recorded(Action.PRIVACY_EXTENDED)
    assert not PrivacyLetter.objects.exists()


def test_a_second_extension_is_refused(request_of_day_0: PrivacyRequest, by_orla: Doer) -> None:
    with day(10):
        request_extend(request=request_of_day_0, reason="Many came at once.", by=by_orla)
    with day(20), pytest.raises(ExtensionSpentError):
        request_extend(request=request_of_day_0, reason="Still many.", by=by_orla)


def test_complying_forgets_who_asked_and_keeps_hashes(
    request_of_day_0: PrivacyRequest, by_orla: Doer
) -> None:
    with day(20):
        request = request_complete(
            request=verified(request_of_day_0),
            by=by_orla,
            result={"telemetry rows": 12},
            otherwise=BY_HAND,
        )
    assert (request.ended, request.closed_on, request.kept_until) == (
        Outcome.COMPLETE,
        date(2026, 3, 22),
        date(2028, 3, 22),
    )
    assert (request.sealed_contact, request.is_late) == ("", False)
    assert request.contact_read() == Contact()
    assert request.subjects.count() == 3
    assert "Telemetry rows: 12" in letter_sent().body
    assert letters_of(request) == [RequestLetterKind.COMPLETE, RequestLetterKind.RECEIPT]
    receipt = letter_take(request=request, letter=RequestLetterKind.RECEIPT, by=by_orla)
    assert "Record kept until: 22 March 2028" in receipt


@pytest.mark.parametrize(
    ("kind", "scope"), [(Kind.DELETE, Scope.NONE), (Kind.KNOW, Scope.CATEGORIES)], ids=["delete", "know"]
)
@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        pytest.param({}, NotDoneError, id="nothing is done"),
        pytest.param(
            {"bases": [Basis.HEALTH_DATA], "explanation": "HIPAA."}, NotDoneError, id="no part of it"
        ),
        pytest.param({"otherwise": f"Told {PERSON.email}"}, NamesPersonError, id="a way that names them"),
    ],
)
def test_nothing_is_called_done_that_was_not_done(
    kind: Kind, scope: Scope, said: dict[str, Any], refusal: type[ConsoleError], by_orla: Doer
) -> None:
    request = verified(asked(kind, scope=scope))
    with pytest.raises(refusal):
        request_complete(request=request, by=by_orla, **said)
    request_complete(request=request, by=by_orla, otherwise=BY_HAND)
    assert recorded(Action.PRIVACY_COMPLETED)[0].detail["note"] == BY_HAND
    assert BY_HAND in request.steps.get(step=Step.COMPLETED).note


@pytest.mark.parametrize(
    ("state", "whole"),
    [("done", True), ("given_up", False)],
)
def test_what_was_given_up_is_done_in_part_only(state: str, *, whole: bool, by_orla: Doer) -> None:
    request, now = verified(asked()), clock.now()
    ErasureRun.objects.create(
        request=request.reference,
        state=state,
        started_at=now,
        finished_at=now,
        event=1,
        started_by="x",
        statement="{}",
    )
    if not whole:
        with pytest.raises(NotDoneError):
            request_complete(request=request, by=by_orla)
    said: dict[str, Any] = {} if whole else {"bases": [Basis.LEGAL], "explanation": "A disk is broken."}
    assert request_complete(request=request, by=by_orla, **said).is_closed


def test_a_part_that_is_not_done_has_its_section(request_of_day_0: PrivacyRequest, by_orla: Doer) -> None:
    request = request_complete(
        request=verified(request_of_day_0),
        by=by_orla,
        bases=[Basis.SECURITY],
        explanation="Sign-in records are kept for a year.",
        otherwise=BY_HAND,
    )
    assert (request.ended, request.bases) == (Outcome.PARTIAL, (Basis.SECURITY,))
    assert "1798.105(d)(2)" in letter_sent().body


def test_a_denial_names_sections_in_the_letter_and_on_the_log(
    request_of_day_0: PrivacyRequest, by_orla: Doer
) -> None:
    request = request_deny(
        request=request_of_day_0, bases=[Basis.LEGAL, Basis.NOT_VERIFIED], explanation="Tax law.", by=by_orla
    )
    assert (request.ended, request.denial_bases) == (Outcome.DENIED, "105d8 not_verified")
    said = letter_sent().body
    assert "1798.105(d)(8)" in said
    assert "Tax law." in said
    assert recorded(Action.PRIVACY_DENIED)[0].detail["bases"] == ["105d8", "not_verified"]


def test_an_answer_after_the_deadline_is_taken_and_called_late(
    request_of_day_0: PrivacyRequest, by_orla: Doer
) -> None:
    with day(46):
        request = request_complete(request=verified(request_of_day_0), by=by_orla, otherwise=BY_HAND)
    assert request.is_late
    assert recorded(Action.PRIVACY_COMPLETED)[0].detail["late"] is True


def test_whose_request_is_withdrawn_is_told(request_of_day_0: PrivacyRequest, by_orla: Doer) -> None:
    request = request_withdraw(request=request_of_day_0, by=by_orla)
    assert (request.ended, request.sealed_contact) == (Outcome.WITHDRAWN, "")
    assert "If you never said so" in letter_sent().body


def test_an_opt_out_is_done_without_asking_who_it_is(by_orla: Doer) -> None:
    request = request_complete(request=asked(Kind.OPT_OUT, contact=Contact()), by=by_orla)
    assert (request.ended, request.identity) == (Outcome.COMPLETE, Verification.NOT_NEEDED)


def test_what_an_agent_asks_is_answered_to_the_agent(by_orla: Doer) -> None:
    contact = Contact(
        name="Petra Person",
        email="petra@example.org",
        agent_name="Rights Ltd",
        agent_email="agent@example.net",
        authority=Authority.POWER_OF_ATTORNEY,
    )
    request = asked(contact=contact)
    with pytest.raises(VerificationMethodError):
        request_verify(request=request, method=Method.TWO_POINTS, proved=request.subjects.all(), by=by_orla)
    request_verify(
        request=request, method=Method.POWER_OF_ATTORNEY, proved=request.subjects.all(), by=by_orla
    )
    request_complete(request=request, by=by_orla, otherwise=BY_HAND)
    letter = PrivacyLetter.objects.get().letter_read()
    assert letter.address == "agent@example.net"
    assert "Hello Rights Ltd," in letter.body


def test_a_device_that_proved_itself_is_verified_at_once() -> None:
    intake = Intake(
        kind=Kind.DELETE,
        channel=Channel.DEVICE,
        contact=Contact(device_ids=("8f0f",)),
        verified_by=Method.DEVICE,
    )
    request = request_receive(intake=intake, by=NOBODY)
    assert (request.identity, request.verification_method) == (Verification.VERIFIED, "device")


def test_looking_at_who_asks_is_on_the_log(request_of_day_0: PrivacyRequest, by_orla: Doer) -> None:
    assert contact_show(request=request_of_day_0, by=by_orla) == PERSON
    (event,) = recorded(Action.PRIVACY_CONTACT_SHOWN)
    assert (event.object_id, event.actor_id) == (request_of_day_0.reference, by_orla.actor.id)


def test_no_event_and_no_column_says_who_asked(request_of_day_0: PrivacyRequest, by_orla: Doer) -> None:
    with day(10):
        request_extend(request=request_of_day_0, reason="Many came at once.", by=by_orla)
        request = request_complete(request=verified(request_of_day_0), by=by_orla, otherwise=BY_HAND)
    rows: list[Any] = [*PrivacyRequest.objects.values(), *request.steps.values(), *request.subjects.values()]
    held = " ".join(map(str, [*rows, *AuditDisclosure.objects.values_list("value", flat=True)]))
    held += " ".join(bytes(event.header).decode() + str(event.detail) for event in AuditEvent.objects.all())
    for said in ("Petra", "petra", "example.org", "8f0f2f4e-aaaa", "my ward"):
        assert said not in held
