"""Modules, components, drills and incidents as reports: previewed, ordered, made and verified offline."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from compliance.desk.domain.cybersecurity import COMPONENTS, STANDING_WORDS, Standing
from compliance.desk.domain.modules.certificates import CertificateClaim, CertificateStatus, Standard
from compliance.desk.domain.modules.libraries import Library
from compliance.desk.domain.reports.catalogue import SLUGS
from compliance.desk.models import Incident, ReportRun
from compliance.desk.models.drills import DrillKind, DrillResult
from compliance.desk.models.incidents import IncidentKind
from compliance.desk.services.components import component_state
from compliance.desk.services.drills import DrillAccount, drill_record
from compliance.desk.services.export_making import exports_make
from compliance.desk.services.incidents import Account, Known, incident_record, notice_settle
from compliance.desk.services.modules.certificates import certificate_record
from releaseconsole.kernel import clock
from tests.support.exporting import REASON, unpacked, verified
from tests.support.people import signed_in
from tests.support.reporting import rows_verified

REPORTS = "/console/compliance/reports/"
pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def drilled(by: User, *, result: DrillResult, ago: timedelta) -> None:
    now = clock.now()
    account = DrillAccount(
        kind=DrillKind.RESTORE_DRILL,
        what="The backup of Petra's laptop",
        began_at=now - ago,
        ended_at=now - ago + HOUR,
        result=result,
        backup_at=now - ago - 2 * HOUR,
        found="Nothing was missing.",
        next_due_on=now.date(),
    )
    drill_record(account=account, recorder=by)


def noticed(by: User, *, phi: bool, ago: timedelta) -> Incident:
    account = Account(IncidentKind.LOSS, "Petra lost it.", noticed_at=clock.now() - ago, noticed_by="Petra")
    return incident_record(account=account, known=Known(personal=True, phi=phi, affected=1), recorder=by)


def made(by: User, slug: str, query: str) -> ReportRun:
    """A report, from its preview through its order."""
    client, address = signed_in(by), f"{REPORTS}{slug}/?period=everything&{query}"
    shown = client.get(address).content.decode()
    assert "This console runs with the preset" in shown
    assert "Evidence for" in shown
    client.post(address, {"reason": REASON})
    exports_make()
    return ReportRun.objects.select_related("export").get(kind=SLUGS[slug].id)


def rows(pack: Path) -> Iterator[dict[str, Any]]:
    assert verified(pack).returncode == 0
    done = rows_verified(pack)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((pack / "manifest.json").read_bytes())
    assert manifest["report_made"]["policy"]
    assert (pack / "report.pdf").read_bytes().startswith(b"%PDF-")
    for line in (pack / "report_rows.jsonl").read_bytes().splitlines():
        yield json.loads(line)


def test_drills_are_evidence_with_what_they_lost_and_without_names(orla: User, tmp_path: Path) -> None:
    drilled(orla, result=DrillResult.WORKED, ago=9 * DAY)
    drilled(orla, result=DrillResult.WORKED, ago=DAY)
    drilled(orla, result=DrillResult.FAILED, ago=3 * DAY)
    pack = unpacked(made(orla, "drills", "standing=worked&sample=1").export, tmp_path)
    found = [(row["took"], row["lost"], row["overdue"], row["result"]) for row in rows(pack)]
    assert found == [(60, 120, "no", "worked"), (60, 120, "yes", "worked")]
    assert b"Petra" not in (pack / "report_rows.jsonl").read_bytes()
    counts = json.loads((pack / "manifest.json").read_bytes())["report_made"]["counts"]
    assert counts == {"found": 3, "shown": 2, "excluded": {"not asked for by the filter": 1}}


def test_incidents_are_listed_with_notices_that_are_late(orla: User, tmp_path: Path) -> None:
    first = noticed(orla, phi=True, ago=40 * DAY).notices.order_by("due_on", "pk")[0]
    notice_settle(notice=first, sent_on=clock.now().date(), note="To Petra", settler=orla)
    noticed(orla, phi=False, ago=35 * DAY)
    noticed(orla, phi=False, ago=DAY)
    pack = unpacked(made(orla, "incidents", "standing=open").export, tmp_path)
    sent, late, fresh = rows(pack)
    assert (sent["phi"], sent["affected"], sent["days"], sent["steps"]) == ("yes", 1, 40, 0)
    assert "each resident of California (Cal. Civ. Code 1798.82(a)): sent on" in sent["notices"]
    assert [(row["open"], row["late"]) for row in (sent, late, fresh)] == [(3, 1), (1, 1), (1, 0)]
    assert b"Petra" not in (pack / "report_rows.jsonl").read_bytes()


def test_no_incident_is_a_result(orla: User, tmp_path: Path) -> None:
    pack = unpacked(made(orla, "incidents", "standing=closed").export, tmp_path)
    assert list(rows(pack)) == []


def test_each_component_stands_with_evidence_or_the_reason_why_it_does_not_apply(
    orla: User, tmp_path: Path
) -> None:
    drilled(orla, result=DrillResult.WORKED, ago=DAY)
    drills = made(orla, "drills", "").export
    component_state(
        number=9, standing=Standing.NOT_APPLICABLE, reason="No files come from outside.", user=orla
    )
    pack = unpacked(made(orla, "cybersecurity-audit", "").export, tmp_path)
    found = {row["component"]: row for row in rows(pack)}
    assert set(found) == set(COMPONENTS)
    assert found[9]["reason"] == "No files come from outside."
    assert found[9]["said_by"] == f"person {orla.pk}"
    assert found[9]["standing"] == "not applicable"
    assert found[18]["standing"] == STANDING_WORDS[Standing.UNSAID]
    assert found[18]["reports"] == "R16 Drills and restores"
    assert f"pack {drills.sha256[:8]}, not signed off" in found[18]["packs"]
    assert "/console/compliance/drills/" in found[18]["pages"]


def test_modules_stand_with_certificate_warning_and_a_live_check(orla: User, tmp_path: Path) -> None:
    claim = CertificateClaim(
        library=Library.PYTHON,
        number="4282",
        module="OpenSSL FIPS Provider",
        version="3.0.8",
        standard=Standard.FIPS_140_2,
        level=1,
        status=CertificateStatus.HISTORICAL,
        sunset_on=None,
        checked_on=clock.now().date() - 200 * DAY,
    )
    certificate_record(claim=claim, environment="", note="", user=orla, now=clock.now())
    pack = unpacked(made(orla, "modules", "").export, tmp_path)
    whole, *paths = rows(pack)
    assert whole["path"] == "the console as a whole"
    assert whole["check"].startswith("Inconsistent")
    theirs = [row for row in paths if row["certificate"] == "4282"]
    assert theirs
    assert {row["module"] for row in theirs} == {"OpenSSL of Python (hashlib, hmac, ssl)"}
    for row in theirs:
        assert (row["standard"], row["status"]) == ("FIPS 140-2", "historical")
        assert "historical since 21 September 2026" in row["warning"]
        assert "Nobody has looked it up for 200 days" in row["warning"]
        assert row["measured_at"] == whole["measured_at"]
        assert row["entered_by"] == f"person {orla.pk}"
    assert any("worked" in row["check"] for row in paths)
    assert {row["certificate"] for row in paths} == {"4282", "none on record"}
