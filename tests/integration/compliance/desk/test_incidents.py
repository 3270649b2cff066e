"""Incidents and drills: recorded, continued, their notices settled, closed with lessons."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from pytest_django import Settings

from accounts.models import Letter, User
from compliance.desk.domain.notices import NoticeRule
from compliance.desk.errors import DrillWordsError, IncidentStateError, IncidentWordsError
from compliance.desk.models.drills import Drill, DrillKind, DrillResult
from compliance.desk.models.incidents import Incident, IncidentKind
from compliance.desk.services.drills import DrillAccount, drill_record
from compliance.desk.services.incidents import (
    Account,
    Known,
    incident_assess,
    incident_close,
    incident_continue,
    incident_record,
    notice_settle,
    notices_remind,
)
from compliance.desk.services.recertification import campaign_open
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.log import last
from tests.support.people import signed_in

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
INCIDENTS, DRILLS = "/console/compliance/incidents/", "/console/compliance/drills/"


def recorded(by: User, known: Known, **changed: Any) -> Incident:
    told: dict[str, Any] = {
        "kind": IncidentKind.LOSS,
        "what": "A laptop with an export pack is gone.",
        "noticed_at": clock.now(),
        "noticed_by": "Rita",
    }
    return incident_record(account=Account(**told | changed), known=known, recorder=by)


def drill(**changed: Any) -> DrillAccount:
    now = clock.now()
    told: dict[str, Any] = {
        "kind": DrillKind.RESTORE_DRILL,
        "what": "PostgreSQL and storage, into an empty host",
        "backup_at": now - timedelta(hours=9),
        "began_at": now - timedelta(hours=2),
        "ended_at": now - timedelta(hours=1),
        "result": DrillResult.WORKED,
    }
    return DrillAccount(**told | changed)


def test_days_are_the_operators(orla: User, settings: Settings) -> None:
    settings.PRIVACY_TIME_ZONE = "America/Los_Angeles"
    # In Los Angeles this is still the evening of 30 September, and the third quarter.
    with time_machine.travel(datetime(2026, 10, 1, 4, tzinfo=UTC), tick=False):
        incident = recorded(orla, Known(personal=True, phi=True, affected=3))
        individuals = incident.notices.get(rule=NoticeRule.HIPAA_INDIVIDUALS)
        assert individuals.due_on == date(2026, 9, 30) + timedelta(days=60)
        with pytest.raises(IncidentWordsError):
            notice_settle(notice=individuals, sent_on=date(2026, 10, 1), note="Letters", settler=orla)
        assert notice_settle(
            notice=individuals, sent_on=date(2026, 9, 30), note="Letters", settler=orla
        ).settled_at
        review = campaign_open(opener=orla)
        assert (review.quarter, review.due_on) == ("2026-Q3", date(2026, 10, 30))


def test_an_incident_from_notice_to_lessons(orla: User) -> None:
    with time_machine.travel(NOW, tick=False) as now:
        incident = recorded(orla, Known(personal=False, phi=False, affected=None))
        assert not incident.notices.exists()
        assert Letter.objects.filter(subject=f"Incident {incident.reference} was recorded").exists()
        assert b"laptop" not in bytes(last(Action.INCIDENT_RECORDED).content.content)
        incident_assess(
            incident=incident,
            known=Known(personal=False, phi=True, affected=3),
            why="PHI in it",
            assessor=orla,
        )
        incident.refresh_from_db()
        assert (incident.personal, incident.phi) == (True, True)
        incident_continue(incident=incident, what="Wiped from afar.", at=NOW, recorder=orla)
        with pytest.raises(IncidentStateError, match="Not every notice"):
            incident_close(incident=incident, lessons="Encrypt.", closer=orla)
        now.move_to(NOW + timedelta(days=20))
        notices_remind()
        notices_remind()
        assert Letter.objects.filter(subject="Notices of incidents are due").count() == 1
        for notice in incident.notices.all():
            sent = date(2026, 12, 1) if notice.rule == "hipaa_individuals" else None
            notice_settle(notice=notice, sent_on=sent, note="Counsel said so.", settler=orla)
        with pytest.raises(IncidentStateError, match="settled already"):
            notice_settle(notice=notice, sent_on=None, note="Again.", settler=orla)
        incident_close(incident=incident, lessons="Encrypt laptops.", closer=orla)
        with pytest.raises(IncidentStateError, match="closed"):
            incident_continue(incident=incident, what="More.", at=NOW, recorder=orla)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"what": " "}, id="nothing happened"),
        pytest.param({"noticed_by": ""}, id="nobody noticed"),
        pytest.param({"noticed_at": datetime(2999, 1, 1, tzinfo=UTC)}, id="in the future"),
        pytest.param({"began_at": datetime(2999, 1, 1, tzinfo=UTC)}, id="began afterwards"),
    ],
)
def test_what_is_out_of_order_is_not_recorded(orla: User, changed: dict[str, Any]) -> None:
    with pytest.raises(IncidentWordsError):
        recorded(orla, Known(personal=False, phi=False, affected=0), **changed)
    assert not Incident.objects.exists()


def test_a_step_or_notice_lies_in_its_time(orla: User) -> None:
    incident = recorded(orla, Known(personal=True, phi=False, affected=1))
    with pytest.raises(IncidentWordsError):
        incident_continue(incident=incident, what="Soon.", at=clock.now() + timedelta(days=1), recorder=orla)
    for day in (incident.noticed_at - timedelta(days=1), clock.now() + timedelta(days=1)):
        with pytest.raises(IncidentWordsError):
            notice_settle(notice=incident.notices.get(), sent_on=day.date(), note="Mail", settler=orla)


@pytest.mark.parametrize(
    "broken",
    [
        {"closed_at": NOW},
        {"lessons": "None"},
        {"personal": False},
        {"what": ""},
        {"began_at": datetime(2999, 1, 1, tzinfo=UTC)},
        {"noticed_at": datetime(2999, 1, 1, tzinfo=UTC)},
    ],
)
def test_the_database_keeps_incidents_whole(orla: User, broken: dict[str, Any]) -> None:
    recorded(orla, Known(personal=True, phi=True, affected=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.update(**broken)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"what": ""}, id="of nothing"),
        pytest.param({"backup_at": None}, id="of no backup"),
        pytest.param({"backup_at": datetime(2999, 1, 1, tzinfo=UTC)}, id="of a later backup"),
        pytest.param({"ended_at": datetime(2999, 1, 1, tzinfo=UTC)}, id="that isn't over"),
        pytest.param({"began_at": datetime(2999, 1, 1, tzinfo=UTC)}, id="that ends before it begins"),
        pytest.param({"result": DrillResult.FAILED}, id="that failed for no reason"),
    ],
)
def test_a_drill_out_of_order_is_not_recorded(orla: User, changed: dict[str, Any]) -> None:
    with pytest.raises(DrillWordsError):
        drill_record(account=drill(**changed), recorder=orla)
    good = drill_record(account=drill(), recorder=orla)
    assert good.took == timedelta(hours=1)
    assert good.loses == timedelta(hours=7)
    with pytest.raises(IntegrityError), transaction.atomic():
        Drill.objects.update(**changed)


def test_both_are_recorded_and_read_on_pages(orla: User) -> None:
    officer = signed_in(orla)
    told = {
        "kind": "loss",
        "what": "A key is gone.",
        "noticed_at": "2026-11-01T10:00",
        "noticed_by": "Kai",
        "phi": "on",
    }
    page = officer.post(f"{INCIDENTS}new/", told, follow=True).content.decode()
    incident = Incident.objects.get()
    assert "45 CFR 164.404" in page
    assert "Confirm with counsel" in page
    one = f"{INCIDENTS}{incident.pk}/"
    officer.post(f"{one}steps/", {"at": "2026-11-01T11:00", "what": "Locks changed."})
    notice = incident.notices.all()[0]
    officer.post(f"{one}notices/{notice.pk}/", {"sent_on": "", "note": "No PHI after all."})
    again = officer.post(f"{one}assess/", {"affected": "2", "why": "Counted."}, follow=True)
    page = again.content.decode()
    assert all(words in page for words in ("Locks changed.", "not due", "Assessed anew: Counted."))
    assert "Not every notice" in officer.post(f"{one}close/", {"lessons": "Chains."}).content.decode()
    assert incident.reference in officer.get(INCIDENTS).content.decode()
    told = {
        "kind": "restore_drill",
        "what": "The database",
        "backup_at": "2026-11-01T02:00",
        "began_at": "2026-11-01T10:00",
        "ended_at": "2026-11-01T10:20",
        "result": "worked",
        "next_due_on": "2027-05-01",
    }
    assert "20\xa0minutes" in officer.post(f"{DRILLS}new/", told, follow=True).content.decode()
    assert "it's" in officer.post(f"{DRILLS}new/", told | {"backup_at": ""}).content.decode().lower()
