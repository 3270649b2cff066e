"""Reports from order to pack: every one of the catalogue, verified without the console."""

import json
from pathlib import Path

import pytest

from accounts.models import User
from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.domain.reports.declaration import Basis
from compliance.desk.domain.reports.order import ReportWish
from compliance.desk.models.exports import ExportState
from compliance.desk.selectors.export_scope import export_preview
from compliance.desk.selectors.reports.rows import Scope, report_rows, reports_readable
from compliance.ledger.domain.events import Action
from compliance.ledger.selectors.tree import tree_size
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock
from tests.support.exporting import Forger, happened, unpacked, verified
from tests.support.ledger import SoftwareSigner
from tests.support.people import signed_in
from tests.support.reporting import ALL_TIME, report_made, rows_of, rows_verified

pytestmark = pytest.mark.django_db


def test_every_report_of_the_catalogue_reads_rows_that_fit_its_columns(orla: User) -> None:
    assert reports_readable() == set(REPORTS)
    for kind in REPORTS.values():
        for action in kind.actions[:2]:
            happened(1, user=orla, action=action)
    events_sequence()
    for kind in REPORTS.values():
        wish = ReportWish(kind, ALL_TIME).entries()
        scope = Scope(wish=wish, first=0, end=tree_size(), filters={}, personal=True, now=clock.now())
        rows = [row for row in report_rows(kind, scope) if row is not None]
        assert all(len(row.cells) == len(kind.columns) for row in rows), kind.id
        if kind.basis is Basis.ENTRIES:
            assert len(rows) == export_preview(wish).shown >= 2, kind.id


@pytest.mark.parametrize("report", ["R1", "R3a"])
def test_a_report_is_made_and_verifies(report: str, orla: User, tmp_path: Path) -> None:
    happened(5, user=orla, action=REPORTS[report].actions[0])
    run = report_made(orla, report, personal=True, sample=3)
    assert run.export.state == ExportState.READY, run.export.failure
    pack = unpacked(run.export, tmp_path)
    done = verified(pack)
    assert done.returncode == 0, done.stderr
    checked = rows_verified(pack)
    assert checked.returncode == 0, checked.stderr
    assert (pack / "report.pdf").read_bytes().startswith(b"%PDF-")
    manifest = json.loads((pack / "manifest.json").read_bytes())
    assert manifest["type"] == f"Report {report}: {REPORTS[report].title}"
    assert manifest["report_made"] == run.made


def test_no_row_is_a_result(orla: User, tmp_path: Path) -> None:
    run = report_made(orla, "R9", sample=5)
    assert rows_of(run, tmp_path) == []
    assert run.made["counts"]["shown"] == 0
    assert run.made["counts"]["found"] > 0


def test_who_orders_a_sample_until_one_suits_is_seen_doing_so(orla: User, tmp_path: Path) -> None:
    first = report_made(orla, "R1", sample=1)
    report_made(orla, "R1")  # without a sample, so nothing was drawn
    again = report_made(orla, "R1", sample=2, person=str(orla.pk))
    assert (first.made["sample"]["draw"], again.made["sample"]["draw"]) == (1, 2)
    told, rows = again.made["sample"]["earlier"], first.made["sample"]["rows"]
    assert [(each["export"], each["rows"]) for each in told] == [(str(first.pk), rows)]
    checked = rows_verified(unpacked(again.export, tmp_path))
    assert f"draw      2 of these rows; earlier packs: {first.pk}\n" in checked.stdout, checked.stderr
    page = signed_in(orla).get(f"/console/compliance/reports/made/{again.pk}/").content.decode()
    assert "number 2 of these rows" in page


def test_names_stay_out_unless_they_are_asked_for(orla: User, tmp_path: Path) -> None:
    without = report_made(orla, "R1")
    pack = unpacked(without.export, tmp_path)
    for name in ("report_rows.jsonl", "report_rows.csv"):
        assert orla.email not in (pack / name).read_text("utf-8")
    assert without.made["withheld"] == ["Name", "Address"]
    named = report_made(orla, "R1", personal=True)
    assert orla.email in {row["email"] for row in rows_of(named, tmp_path)}


def test_a_report_can_be_narrowed_to_one_person(orla: User, rita: User, tmp_path: Path) -> None:
    run = report_made(orla, "R1", person=str(rita.pk))
    assert {row["person"] for row in rows_of(run, tmp_path)} == {f"person {rita.pk}"}
    assert run.made["counts"]["excluded"]["not asked for by the filter"] > 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param("sample", "isn't the one that the root chooses", id="another sample"),
        pytest.param("rows", "its counts aren't those of the rows", id="a row less"),
        pytest.param("report", "another report was ordered", id="another report"),
    ],
)
def test_what_a_forger_signs_anew_is_found(
    change: str, says: str, orla: User, tmp_path: Path, ledger_signer: SoftwareSigner
) -> None:
    happened(6, user=orla, action=Action.KEY_SUSPENDED)
    pack = unpacked(report_made(orla, "R3a", sample=2).export, tmp_path)
    forger = Forger(pack, ledger_signer)
    manifest = forger.manifest()
    made, report = manifest["report_made"], manifest["report"]
    if change == "sample":
        made["sample"]["rows"] = [1, 2] if made["sample"]["rows"] != [1, 2] else [1, 3]
    elif change == "rows":
        for name in ("report_rows.jsonl", "report_rows.csv"):
            forger.write(name, forger.lines(name)[:-1])
    else:
        report["filters"] = {"person": "5"}
    forger.sign(report_made=made, report=report)
    done = rows_verified(pack)
    assert done.returncode == 1
    assert says in done.stderr
