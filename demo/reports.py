"""The demo's reports: some made, one of them signed off, and two that are made by themselves.

Each is made once, by the console's own services. Needs Django to be set up.
"""

from typing import Final

from django.utils import timezone

from accounts.models import User
from compliance.desk.domain.export_periods import Preset, period_of
from compliance.desk.domain.reports.cadence import Cadence
from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.domain.reports.order import ReportWish
from compliance.desk.models import ReportReview, ReportRun, ReportSchedule
from compliance.desk.models.exports import ExportState
from compliance.desk.models.reports import Verdict
from compliance.desk.services.reports.ordering import report_order
from compliance.desk.services.reports.reviewing import report_review, review_operation
from compliance.desk.services.reports.scheduling import report_schedule
from demo.confirming import confirmed, user_of
from demo.record import Record

# With how many rows to be looked at more closely.
_MADE: Final = {"R1": 3, "R4": 5, "R5": 0, "R7": 0}
_SIGNED_OFF: Final = "R4"
_BY_ITSELF: Final = {"R9": Cadence.MONTHLY, "R1": Cadence.QUARTERLY}
_WAITING: Final = (ExportState.ORDERED, ExportState.RUNNING)


def reports_begin(record: Record) -> None:
    """Order what isn't there yet; the worker makes it."""
    officer = user_of(record, "compliance_officer")
    if not ReportRun.objects.exists():
        for report, sample in _MADE.items():
            report_order(
                wish=_wish(report, sample), personal=False, reason="The quarter's evidence", user=officer
            )
    if not ReportSchedule.objects.exists():
        for report, cadence in _BY_ITSELF.items():
            report_schedule(wish=_wish(report, 0), cadence=cadence, user=officer)


def reports_are_made() -> bool:
    """Tell whether nothing waits for the worker."""
    return not ReportRun.objects.filter(export__state__in=_WAITING).exists()


def reports_finish(record: Record) -> None:
    """The officer signs one off."""
    run = ReportRun.objects.select_related("export").filter(kind=_SIGNED_OFF).last()
    if run is None or not run.is_made or ReportReview.objects.exists():
        return
    officer: User = user_of(record, "compliance_officer")
    operation = review_operation(run=run, user=officer)
    report_review(
        run=run,
        verdict=Verdict.SIGNED_OFF,
        note="Each of the five releases of the sample has its approval.",
        user=officer,
        # Their code of the step before is spent on the erasure.
        step_up=confirmed(record, "compliance_officer", operation, step=0),
    )


def _wish(report: str, sample: int) -> ReportWish:
    zone, today = timezone.get_current_timezone_name(), timezone.localdate()
    period = period_of(Preset.QUARTER, today=today, zone=zone, first=None, last=None)
    return ReportWish(REPORTS[report], period, sample=sample)
