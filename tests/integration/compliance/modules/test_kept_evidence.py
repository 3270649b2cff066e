"""Evidence over time: kept once a day and when something changes, proved by the log, shown day by day."""

import json
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from compliance.desk.domain.modules.history import ProcessRole
from compliance.desk.models import ModuleEvidence
from compliance.desk.selectors.modules.evidence import documents_missing, evidence_strips
from compliance.desk.services.modules.keeping import evidence_keep
from compliance.desk.tasks import modules_measure
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex
from tests.support.log import last
from tests.support.people import signed_in

PAGE = "/console/compliance/modules/"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def auditor(audra: User) -> Client:
    return signed_in(audra)


def said(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def kept(at: datetime, role: ProcessRole = ProcessRole.WORKER) -> ModuleEvidence | None:
    return evidence_keep(role=role, now=at)


@pytest.mark.django_db
def test_it_is_kept_once_a_day_and_again_when_something_else_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert kept(NOON)
    assert kept(NOON + timedelta(hours=1)) is None
    assert kept(NOON + timedelta(hours=1), ProcessRole.WEB)
    assert kept(NOON + timedelta(days=2))
    monkeypatch.setattr("compliance.desk.services.modules.evidence.settings.REQUIRE_FIPS", True)
    assert kept(NOON + timedelta(days=2, hours=1))
    web, worker = evidence_strips(first=NOON.date(), last=NOON.date() + timedelta(days=2))
    assert [day.standing and day.standing.value for day in worker.days] == ["plain", None, "inconsistent"]
    assert (worker.missing, worker.changes, web.missing, web.changes) == (1, 1, 2, 0)
    assert all(day.is_on_log for day in (*worker.days, *web.days))


@pytest.mark.django_db
def test_the_log_has_the_digest_of_each_record(auditor: Client) -> None:
    modules_measure()
    row, event = ModuleEvidence.objects.get(), last(Action.MODULES_MEASURED)
    assert event.object_id == row.sha256
    assert event.detail == {"process": "worker", "standing": "plain", "require_fips": False}
    answer = auditor.get(f"{PAGE}evidence/{row.sha256}/")
    assert sha256_hex(answer.content) == row.sha256
    assert json.loads(answer.content)["role"] == "worker"
    assert auditor.get(f"{PAGE}evidence/{'0' * 64}/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"standing": "asserted"}, id="a column, which nobody reads"),
        pytest.param({"document": '{"role": "worker"}'}, id="not a record"),
    ],
)
def test_a_row_that_somebody_changed_does_not_count(auditor: Client, change: dict[str, str]) -> None:
    kept(clock.now())
    row = ModuleEvidence.objects.get()
    today = row.taken_at.date()
    document = row.document.replace('"standing":"plain"', '"standing":"asserted"')
    for field, value in change.items():
        setattr(row, field, value)
    row.save()
    page = said(auditor.get(PAGE))
    if "standing" in change:
        assert "no, or changed since" not in page
        assert "Validated module asserted" not in page
        row.document = document
        row.save()
    assert "no, or changed since" in said(auditor.get(PAGE))
    assert documents_missing(today, today) == 1
    assert "isn't what the audit log says" in said(auditor.get("/console/compliance/"))


@pytest.mark.django_db
def test_a_row_that_somebody_deleted_is_missed(auditor: Client) -> None:
    kept(clock.now())
    ModuleEvidence.objects.all().delete()
    assert "1 record of these days that the database no longer has as written" in said(auditor.get(PAGE))


@pytest.mark.django_db
def test_a_process_that_is_set_up_otherwise_shows(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as worker:
        worker.setattr("compliance.desk.services.modules.evidence.settings.REQUIRE_FIPS", True)
        kept(clock.now())
    kept(clock.now(), ProcessRole.WEB)
    page = said(auditor.get(PAGE))
    assert "came to something else than this process: Inconsistent." in page
    assert "the same" in page
    assert "Inconsistent in the worker process, measured on" in said(auditor.get("/console/compliance/"))


@pytest.mark.django_db
def test_the_start_page_measures_nothing_and_says_when_that_was_done(
    audra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nothing was measured yet." in said(signed_in(audra).get("/console/compliance/"))
    with time_machine.travel(NOON, tick=False):
        kept(clock.now())
        monkeypatch.setattr("compliance.desk.services.modules.evidence.libraries_measure", None)
        page = said(signed_in(audra).get("/console/compliance/"))
        assert "Not in FIPS mode, measured on 20 Nov 2026, 12:00 UTC." in page
    with time_machine.travel(NOON + timedelta(days=3), tick=False):
        page = said(signed_in(audra).get("/console/compliance/"))
        assert "Worker hasn't measured since 20 Nov 2026." in page
