"""The pages of holds and anchors, through the front door."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Group
from django.test import Client

from accounts.domain.engagements import Report
from accounts.domain.presets import Preset
from accounts.errors import ApprovalRequiredError, PermissionDeniedError, SelfApprovalError
from accounts.models import ApprovalRequest, User
from compliance.desk.services.hold_lifting import hold_lift_confirmed, hold_lift_operation
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditLeaf, LegalHold
from compliance.ledger.services.anchors import anchors_lay
from compliance.ledger.services.erasure import disclosures_erase
from compliance.ledger.services.holds import hold_lift
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock
from tests.support.actors import actor_made, engaged
from tests.support.anchors import files, grown
from tests.support.approving import give, two_people
from tests.support.confirming import confirmed
from tests.support.log import event_made, last
from tests.support.people import code_of, signed_in
from tests.support.shipping import app_made

HOLDS = "/console/compliance/holds/"
ANCHORS = "/console/compliance/anchors/"
FORM = {"scope": "app", "app_id": "", "person": "", "thing": "", "number": "", "reason": "Case 12"}


@pytest.fixture
def officer(orla: User) -> Client:
    return signed_in(orla)


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_an_officer_places_a_hold_and_two_people_lift_it(officer: Client, orla: User, kai: User) -> None:
    app_made("com.example.clinic")
    event_made(app_id="com.example.clinic")
    assert "Nothing is on hold" in text(officer, HOLDS)
    answer = officer.post(f"{HOLDS}new/", FORM | {"app_id": "com.example.clinic"}, follow=True)
    page = answer.content.decode()
    assert "The hold stands. It covers" in page
    assert "All about the app com.example.clinic" in page
    assert "Case 12" in page
    assert f"by {orla.name}" in page
    hold = LegalHold.objects.get()
    assert "entries" in text(officer, f"{HOLDS}{hold.pk}/lift/")
    row = asked_to_lift(hold, orla, officer)
    assert LegalHold.objects.get().lifted_at is None
    assert "Exactly this has been asked for already" in text(officer, f"{HOLDS}{hold.pk}/lift/")
    give(row, kai)
    page = text(officer, HOLDS)
    assert "Settled" in page
    assert officer.get(f"{HOLDS}{hold.pk}/lift/").status_code == 404
    assert last(Action.HOLD_LIFTED).actor_id == str(orla.pk)


def asked_to_lift(hold: LegalHold, officer: User, client: Client, reason: str = "Settled") -> ApprovalRequest:
    answer = client.post(f"{HOLDS}{hold.pk}/lift/", typed_to_lift(hold, officer, reason), follow=True)
    assert "s asked for. Nothing is changed until" in answer.content.decode()
    return ApprovalRequest.objects.get()


def typed_to_lift(hold: LegalHold, officer: User, reason: str) -> dict[str, str]:
    digest = hold_lift_operation(hold=hold).digest()
    return {"reason": reason, "code": code_of(officer), "digest": digest}


def test_one_confirmation_lifts_nothing_under_any_policy(officer: Client, orla: User) -> None:
    officer.post(f"{HOLDS}new/", FORM | {"scope": "everything"})
    hold = LegalHold.objects.get()
    two_people(preset=Preset.SOLO)
    with pytest.raises(ApprovalRequiredError):
        hold_lift_confirmed(hold=hold, authority=confirmed(orla, hold_lift_operation(hold=hold)))
    assert LegalHold.objects.get().lifted_at is None


def test_who_asked_and_who_only_manages_people_approve_no_lifting(
    officer: Client, orla: User, ada: User
) -> None:
    officer.post(f"{HOLDS}new/", FORM | {"scope": "everything"})
    row = asked_to_lift(LegalHold.objects.get(), orla, officer)
    with pytest.raises(SelfApprovalError):
        give(row, orla)
    with pytest.raises(PermissionDeniedError):
        give(row, ada)
    assert LegalHold.objects.get().lifted_at is None


@pytest.mark.parametrize(
    ("typed", "covers"),
    [
        pytest.param({"scope": "everything", "number": "left over"}, "Everything", id="everything"),
        pytest.param({"scope": "tester", "number": " 7 "}, "What tester 7 did", id="a tester"),
        pytest.param(
            {"scope": "object", "thing": "release", "number": "4", "app_id": "com.example.clinic"},
            "All about release 4 of com.example.clinic",
            id="a release",
        ),
        pytest.param(
            {"scope": "object", "thing": "webhook", "number": "4"}, "All about webhook 4", id="a thing"
        ),
    ],
)
def test_each_kind_of_hold_can_be_placed(officer: Client, typed: dict[str, str], covers: str) -> None:
    app_made("com.example.clinic")
    assert covers in officer.post(f"{HOLDS}new/", FORM | typed, follow=True).content.decode()


def test_a_hold_of_a_person(officer: Client, rita: User) -> None:
    officer.post(f"{HOLDS}new/", FORM | {"scope": "person", "person": str(rita.pk)})
    hold = LegalHold.objects.get()
    assert (hold.object_type, hold.object_id) == ("person", str(rita.pk))


@pytest.mark.parametrize(
    "typed",
    [
        {"scope": "app"},
        {"scope": "app", "app_id": "com.example.absent"},
        {"scope": "person"},
        {"scope": "tester"},
        {"scope": "object", "number": "4"},
        {"scope": "object", "thing": "release"},
        {"scope": "another"},
        {"scope": "everything", "reason": "  "},
    ],
)
def test_what_is_missing_is_asked_for(officer: Client, typed: dict[str, str]) -> None:
    answer = officer.post(f"{HOLDS}new/", FORM | typed)
    assert answer.status_code == 200
    assert "rc-field-error" in answer.content.decode() or 'aria-invalid="true"' in answer.content.decode()
    assert not LegalHold.objects.exists()


def test_lifting_in_silence_is_refused(officer: Client, orla: User) -> None:
    officer.post(f"{HOLDS}new/", FORM | {"scope": "everything"})
    hold = LegalHold.objects.get()
    typed = typed_to_lift(hold, orla, " ")
    assert officer.post(f"{HOLDS}{hold.pk}/lift/", typed).status_code == 200
    assert not ApprovalRequest.objects.exists()
    assert LegalHold.objects.get().lifted_at is None


def test_what_went_is_listed(officer: Client, orla: User) -> None:
    event = event_made(email="tessa@clinic.example")
    disclosures_erase(events=[event.pk], names=None, request="DEL-7", actor=orla.actor, now=clock.now())
    events_sequence()
    page = text(officer, HOLDS)
    assert "Asked for by request DEL-7" in page
    place = AuditLeaf.objects.get(number=last(Action.DISCLOSURES_ERASED).number).sequence
    assert f"/console/compliance/log/{place}/" in page


def test_who_only_reads_the_log_places_and_lifts_nothing(audra: User, officer: Client) -> None:
    officer.post(f"{HOLDS}new/", FORM | {"scope": "everything"})
    reader = signed_in(audra)
    page = text(reader, HOLDS)
    assert "Everything" in page
    assert "/lift/" not in page
    assert "Place a hold" not in page
    assert "Compare with the log" not in text(reader, ANCHORS)


@pytest.mark.parametrize(("who", "hidden"), [("audra", 0), ("ada", 3), ("visitor", 3)])
def test_why_something_is_on_hold_is_for_who_may_export_the_log(
    who: str, hidden: int, officer: Client, request: pytest.FixtureRequest
) -> None:
    officer.post(f"{HOLDS}new/", FORM | {"scope": "everything", "reason": "Case of Petra"})
    officer.post(f"{HOLDS}new/", FORM | {"scope": "everything", "reason": "Case 12"})
    hold_lift(hold=LegalHold.objects.latest("pk"), reason="Paul settled", actor=SYSTEM, now=clock.now())
    if who == "visitor":
        reader = actor_made("visitor")
        reader.groups.add(Group.objects.get(name="external_auditor"))
        engaged(reader, Report.AUDIT_LOG)
    else:
        reader = request.getfixturevalue(who)
    page = text(signed_in(reader), HOLDS)
    assert "Everything" in page
    assert sum(words not in page for words in ("Case of Petra", "Case 12", "Paul settled")) == hidden
    assert page.count(">withheld<") == hidden


def test_copies_are_listed_and_compared(officer: Client, settings: LazySettings, tmp_path: Path) -> None:
    settings.LEDGER_ANCHOR_DIR = str(tmp_path)
    assert "Nothing is signed yet" in text(officer, ANCHORS)
    checkpoint = grown()
    page = text(officer, ANCHORS)
    assert "The oldest entry under no copy is number 0" in page
    assert checkpoint.note.splitlines()[2] in page
    answer = officer.post(f"{ANCHORS}compare/", follow=True)
    assert "No copy lies in the folder yet." in answer.content.decode()
    assert ">fits<" not in answer.content.decode()
    anchors_lay(now=clock.now())
    assert "Every entry is under a copy." in text(officer, ANCHORS)
    answer = officer.post(f"{ANCHORS}compare/", follow=True)
    assert "Read back from the folder: 1 copy. All fit the log." in answer.content.decode()
    files(tmp_path)[0].unlink()
    answer = officer.post(f"{ANCHORS}compare/", follow=True)
    assert "t fit the log: " in answer.content.decode()


def test_a_failure_is_shown_with_its_reason(officer: Client, settings: LazySettings) -> None:
    settings.LEDGER_ANCHOR_DIR = "/nowhere/at/all"
    grown()
    anchors_lay(now=clock.now())
    page = text(officer, ANCHORS)
    assert "failing" in page
    assert "No such file or directory" in page


def test_nothing_to_compare_is_said(officer: Client) -> None:
    grown()
    answer = officer.post(f"{ANCHORS}compare/", follow=True)
    assert "no place from which copies could be read back" in answer.content.decode()


def test_an_old_entry_without_a_copy_is_red(db: None, request: pytest.FixtureRequest) -> None:
    event_made(at=clock.now() - timedelta(days=2))
    officer = request.getfixturevalue("officer")
    assert "rc-alert-bad" in text(officer, ANCHORS)
