"""Every report of the catalogue on paper: tagged, titled, in a language, with headers for each column."""

from pathlib import Path

import pytest

from accounts.models import User
from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.models.exports import ExportState
from tests.support.exporting import happened, unpacked
from tests.support.paper import paper_faults
from tests.support.reporting import report_made

pytestmark = pytest.mark.django_db


def test_every_report_of_the_catalogue_is_fit_for_archives_and_screen_readers(
    orla: User, tmp_path: Path
) -> None:
    for kind in REPORTS.values():
        happened(2, user=orla, action=kind.actions[0])
    faults = {}
    for kind in REPORTS.values():
        run = report_made(orla, kind.id, personal=True, sample=1)
        assert run.export.state == ExportState.READY, run.export.failure
        pack = unpacked(run.export, tmp_path)
        faults[kind.id] = paper_faults((pack / "report.pdf").read_bytes(), title=kind.title)
    assert faults == {report: [] for report in REPORTS}
