"""`make demo` against a real console: what it fills, that it fills it once, and when it refuses."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
import redis

from compliance.desk.domain.reports.catalogue import REPORTS
from releaseconsole.environment import DECLARED
from tests.support.console import ROOT, RunningConsole, console_started, wait_until
from tests.support.paper import paper_faults

CLINIC = "com.example.clinic"
# Takes what personal values the log has of three events, as a privacy request does, and exports everything.
ERASE_AND_EXPORT = """
import django; django.setup()
from accounts.models import User
from compliance.desk.domain.export_filter import ExportFilter
from compliance.desk.domain.export_periods import Preset, period_of
from compliance.desk.services.exports import export_order
from compliance.ledger.domain.events import SYSTEM
from compliance.ledger.models import AuditDisclosure
from compliance.ledger.services.erasure import disclosures_erase
from django.utils import timezone
from releaseconsole.kernel import clock
numbers = list(AuditDisclosure.objects.order_by("event").values_list("event", flat=True).distinct()[:3])
gone = disclosures_erase(events=numbers, names=None, request="PR-OFAPERSON", actor=SYSTEM, now=clock.now())
everything = period_of(Preset.EVERYTHING, today=timezone.localdate(), zone="UTC", first=None, last=None)
officer = User.objects.get(name="{officer}")
export = export_order(wish=ExportFilter(everything, {{}}), personal=False, reason="Audit", user=officer)
print(gone, export.pk)
"""

PACKS_READY = (
    "SELECT coalesce(kind, '') FROM desk_export LEFT JOIN desk_reportrun ON id = export_id"
    " WHERE state = 'ready'"
)
# Orders each report of the catalogue over the whole log, with a sample, as its page does.
ORDER_EVERY_REPORT = """
import django; django.setup()
import json
from accounts.models import User
from compliance.desk.domain.export_periods import Preset, period_of
from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.domain.reports.order import ReportWish
from compliance.desk.services.reports.ordering import report_order
from django.utils import timezone
everything = period_of(Preset.EVERYTHING, today=timezone.localdate(), zone="UTC", first=None, last=None)
officer = User.objects.get(email="compliance.officer@demo.example")
wishes = {report: ReportWish(kind, everything, sample=3) for report, kind in REPORTS.items()}
print(json.dumps({
    report: str(report_order(wish=wish, personal=False, reason="Audit", user=officer).pk)
    for report, wish in wishes.items()
}))
"""


@pytest.fixture(scope="module")
def running() -> Iterator[RunningConsole]:
    with console_started() as console:
        yield console


def fill(running: RunningConsole, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the demo in a second terminal: it knows the var directory, and nothing else of the console."""
    environment = {name: value for name, value in os.environ.items() if name not in DECLARED}
    environment |= {"CONSOLE_VAR_DIR": str(running.var_dir), "FLEET_SIZE": "40", "DURATION": "2"}
    return subprocess.run(
        [sys.executable, "-m", "demo.fill"],
        cwd=ROOT,
        env=environment | more,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def record_of(running: RunningConsole) -> dict[str, Any]:
    return dict(json.loads((running.var_dir / "demo.json").read_text()))


def test_the_demo_is_refused_where_it_is_not_allowed(running: RunningConsole) -> None:
    result = fill(running, CONSOLE_DEMO="0")

    assert result.returncode == 1
    assert "CONSOLE_DEMO=1 make demo" in result.stderr
    assert result.stdout == ""


def test_the_demo_fills_the_console_and_a_second_run_changes_nothing(
    running: RunningConsole, tmp_path: Path
) -> None:
    result = fill(running)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""

    record = record_of(running)
    assert stat.S_IMODE((running.var_dir / "demo.json").stat().st_mode) == 0o600
    assert record["base_url"] == running.base_url
    assert len(record["people"]) == 9
    assert all(person["password"] in result.stdout for person in record["people"])
    assert record["apps"][0] == {"app_id": CLINIC, "channels": ["production", "beta", "staging"]}
    states = _releases(running, record)
    assert {release["version"]: (release["state"], release["rollout_bps"]) for release in states} == {
        "3.1.0": ("live", 10_000),
        "3.2.0": ("rolled_back", 10_000),
        "3.2.1": ("live", 2500),
        "3.3.0": ("awaiting", 100),
    }
    assert [step["bps"] for step in states[0]["plan"]] == [100, 1000, 5000, 10_000]
    assert {name: httpx.get(link).status_code for name, link in record["beta_links"].items()} == {
        "invite of Nadia Okafor": 200,
        "invite of Tomas Berg": 200,
        "link of Ward nurses": 200,
        "page of Yuki Tanaka": 200,
        "preview PR 482": 200,
    }

    _all_reports_are_drained(running)
    assert "Back to the normal version" in httpx.get(record["beta_links"]["page of Yuki Tanaka"]).text

    made = {"": 1, "R1": 1, "R4": 1, "R5": 1, "R7": 1}
    wait_until(lambda: _made(running) == made, "the officer's export and reports are made")
    wait_until(lambda: _desk(running)["erasures"] == {"done": 1}, "a tester is erased")

    again = fill(running, DURATION="0")  # and finishes what the worker hadn't done by then
    assert again.returncode == 0, again.stderr
    assert " is " not in again.stdout.split("Sign in at")[0]  # no release was made
    assert record_of(running) == record
    assert _releases(running, record) == states
    assert all(person["password"] in again.stdout for person in record["people"])
    assert _made(running) == made
    assert _desk(running) == {
        "requests": {"": 6, "complete": 2, "partial": 1, "denied": 1, "withdrawn": 1},
        "erasures": {"done": 1},
        "reviews": {"signed_off": 1},
        "packs handed on": {"handed_on": 1},
    }
    _pack_with_erased_entries_verifies(running, record, tmp_path / "pack")
    _every_report_verifies(running, tmp_path / "reports")


def _pack_with_erased_entries_verifies(running: RunningConsole, record: dict[str, Any], folder: Path) -> None:
    """The pack of a console at work, by its own verify.py, where there's nothing but Python and openssl."""
    officer = next(each["name"] for each in record["people"] if each["role"] == "compliance_officer")
    done = running.python("-c", ERASE_AND_EXPORT.format(officer=officer))
    assert done.returncode == 0, done.stderr
    gone, export = done.stdout.split()
    wait_until(lambda: _made(running)[""] == 2, "the whole log is exported")
    with ZipFile(running.var_dir / "exports" / f"{export}.zip") as pack:
        pack.extractall(folder)
    (root,) = (path.parent for path in folder.rglob("verify.py"))
    said = _verify(root)
    assert said.returncode == 0, said.stdout + said.stderr
    assert int(gone) > 0
    assert f"and {gone} values, as the log says" in said.stdout
    entries = root / "events.jsonl"
    entries.write_bytes(entries.read_bytes().replace(b"production", b"prodection", 1))
    refused = _verify(root)
    assert (refused.returncode, "events.jsonl" in refused.stderr) == (1, True), refused.stderr


def _verify(pack: Path, program: str = "verify.py") -> subprocess.CompletedProcess[str]:
    command = ["env", "-i", "PATH=/usr/bin:/bin", sys.executable, "-I", program]
    return subprocess.run(command, cwd=pack, capture_output=True, text=True, check=False)


def _releases(running: RunningConsole, record: dict[str, Any]) -> list[dict[str, Any]]:
    answer = httpx.get(
        f"{running.base_url}/api/v1/apps/{CLINIC}/channels/production/releases",
        headers={"Authorization": f"Bearer {record['api_tokens'][CLINIC]}"},
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


def _every_report_verifies(running: RunningConsole, folder: Path) -> None:
    """Each report of the catalogue, of the demo's data: made, verified without the console, archivable."""
    done = running.python("-c", ORDER_EVERY_REPORT)
    assert done.returncode == 0, done.stderr
    ordered: dict[str, str] = json.loads(done.stdout)
    assert ordered.keys() == REPORTS.keys()
    wait_until(lambda: _are_ready(running, ordered), "every report is made")
    faults = {report: _report_faults(running, export, report, folder) for report, export in ordered.items()}
    assert faults == {report: [] for report in ordered}


def _are_ready(running: RunningConsole, ordered: dict[str, str]) -> bool:
    ready = set(_read(running, "SELECT id FROM desk_export WHERE state = 'ready'"))
    return {export.replace("-", "") for export in ordered.values()} <= ready


def _report_faults(running: RunningConsole, export: str, report: str, folder: Path) -> list[str]:
    """What an auditor without the console would object to."""
    with ZipFile(running.var_dir / "exports" / f"{export}.zip") as pack:
        pack.extractall(folder / report)
    (root,) = (path.parent for path in (folder / report).rglob("verify.py"))
    said = [_verify(root), _verify(root, "verify_report.py")]
    paper = paper_faults((root / "report.pdf").read_bytes(), title=REPORTS[report].title)
    return [each.stdout + each.stderr for each in said if each.returncode] + paper


def _made(running: RunningConsole) -> Counter[str]:
    """How many packs are ready, by their report; those of no report under nothing."""
    return Counter(_read(running, PACKS_READY))


def _desk(running: RunningConsole) -> dict[str, Counter[str]]:
    """What the compliance officer has, by how it stands."""
    return {
        "requests": Counter(_read(running, "SELECT outcome FROM desk_privacyrequest")),
        "erasures": Counter(_read(running, "SELECT state FROM desk_erasurerun")),
        "reviews": Counter(_read(running, "SELECT verdict FROM desk_reportreview")),
        "packs handed on": Counter(_read(running, "SELECT kind FROM desk_exportcopy")),
    }


def _read(running: RunningConsole, query: str) -> list[str]:
    with sqlite3.connect(running.var_dir / "console.sqlite3") as database:
        return [value for (value,) in database.execute(query)]


def _all_reports_are_drained(running: RunningConsole) -> None:
    with redis.Redis(unix_socket_path=str(running.var_dir / "redis" / "redis.sock")) as client:
        wait_until(lambda: not client.xlen("rc:events") and not client.xlen("rc:sightings"), "all is drained")
        assert client.xlen("rc:dead-letters") == 0
