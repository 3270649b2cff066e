"""Reports in tests: ordered, made at once, read, and checked as an auditor would."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from accounts.models import User
from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.domain.reports.order import ReportWish
from compliance.desk.models import ReportRun
from compliance.desk.services.export_making import exports_make
from compliance.desk.services.reports.ordering import report_operation, report_order
from compliance.ledger.services.sequencing import events_sequence
from tests.support.confirming import confirmed
from tests.support.exporting import REASON, unpacked, verified

ROWS_VERIFIER: Final = settings.BASE_DIR / "offline" / "verify_report.py"
ALL_TIME: Final = Period(None, None, "Europe/Berlin")


def report_made(
    user: User, report: str, *, personal: bool = False, sample: int = 0, **filters: str
) -> ReportRun:
    """A report that is made, whatever became of it."""
    events_sequence()
    wish = ReportWish(REPORTS[report], ALL_TIME, filters, sample)
    step_up = confirmed(user, report_operation(wish=wish, user=user)) if personal else None
    run = report_order(wish=wish, personal=personal, reason=REASON, user=user, step_up=step_up)
    exports_make()
    return ReportRun.objects.select_related("export").get(pk=run.pk)


def rows_of(run: ReportRun, folder: Path) -> list[dict[str, Any]]:
    """The rows in its pack."""
    pack = unpacked(run.export, folder)
    return [json.loads(line) for line in (pack / "report_rows.jsonl").read_bytes().splitlines()]


def rows_verified(pack: Path) -> subprocess.CompletedProcess[str]:
    """Check the rows as an auditor does."""
    return verified(pack, script=ROWS_VERIFIER)
