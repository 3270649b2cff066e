"""What the pages of reports show: the catalogue, what was made, and what a report would have now."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from compliance.desk.domain.export_filter import EXCLUSIONS
from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.domain.reports.declaration import Basis, ReportKind, cell_text
from compliance.desk.domain.reports.order import NOT_ASKED_FOR, ReportWish
from compliance.desk.models import ReportReview, ReportRun, ReportSchedule
from compliance.desk.models.exports import ExportState
from compliance.desk.models.reports import Verdict
from compliance.desk.selectors.export_scope import entries_covered, export_preview
from compliance.desk.selectors.reports.rows import Scope, report_rows
from compliance.ledger.selectors.tree import tree_size
from releaseconsole.kernel.errors import NotFoundError

PREVIEWED: Final = 10


@dataclass(frozen=True, slots=True)
class Listed:
    """A report in the catalogue.

    Attributes:
        kind: Its declaration.
        last: The newest one that was made.
        signed_off: The newest review that signed one off.
        schedules: By which it's made again and again.
    """

    kind: ReportKind
    last: ReportRun | None
    signed_off: ReportReview | None
    schedules: list[ReportSchedule]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPreview:
    """What a report would have now.

    Attributes:
        headers: Of the columns, without personal ones.
        rows: The first rows, as text.
        shown: How many rows there would be.
        excluded: How many are left out, by reason.
        entries: How many entries of the log would be beside them.
    """

    headers: list[str]
    rows: list[list[str]]
    shown: int
    excluded: dict[str, int]
    entries: int


def reports_listed() -> list[Listed]:
    """List all reports in the order of the catalogue."""
    made = runs_registered().filter(export__state__in=[ExportState.READY, ExportState.REMOVED])
    reviews = ReportReview.objects.filter(verdict=Verdict.SIGNED_OFF).select_related("by", "run")
    schedules = list(ReportSchedule.objects.filter(ended_at=None).select_related("created_by"))
    return [
        Listed(
            kind=kind,
            last=made.filter(kind=kind.id).first(),
            signed_off=reviews.filter(run__kind=kind.id).order_by("-at").first(),
            schedules=[each for each in schedules if each.kind == kind.id],
        )
        for kind in REPORTS.values()
    ]


def runs_registered() -> QuerySet[ReportRun]:
    """List all reports ever ordered, newest first, with what was said of them."""
    reviews = ReportReview.objects.select_related("by")
    return (
        ReportRun.objects
        .select_related("export__ordered_by", "export__checkpoint", "schedule")
        .prefetch_related(Prefetch("reviews", reviews))
        .order_by("-export__ordered_at")
    )


def run_get(*, run_id: UUID) -> ReportRun:
    """Find one.

    Raises:
        NotFoundError: There's no such report.
    """
    found = runs_registered().filter(pk=run_id).first()
    if found is None:
        raise NotFoundError("There's no such report.")
    return found


def schedule_get(*, schedule_id: int) -> ReportSchedule:
    """Find one.

    Raises:
        NotFoundError: There's none.
    """
    found = ReportSchedule.objects.filter(pk=schedule_id).first()
    if found is None:
        raise NotFoundError("There's no such schedule.")
    return found


def report_preview(wish: ReportWish, *, now: datetime) -> ReportPreview:
    """Count what a report would have, and read its first rows without what is personal."""
    kind, entries = wish.kind, export_preview(wish.entries())
    first, end = entries_covered(wish.period, size=tree_size())
    scope = Scope(wish=wish.entries(), first=first, end=end, filters=wish.filters, personal=False, now=now)
    if kind.basis is Basis.ENTRIES:
        found = list(islice(report_rows(kind, scope), PREVIEWED))
        shown, excluded = entries.shown, {why: entries.excluded[why] for why in EXCLUSIONS}
    else:
        found, shown, left_out = [], 0, 0
        for row in report_rows(kind, scope):
            if row is None:
                left_out += 1
                continue
            shown += 1
            if shown <= PREVIEWED:
                found.append(row)
        excluded = {NOT_ASKED_FOR: left_out}
    columns = kind.columns_shown(personal=False)
    rows = [
        [
            cell_text(cell)
            for column, cell in zip(columns, kind.cells_shown(row.cells, personal=False), strict=True)
            if column.is_printed
        ]
        for row in found
        if row is not None
    ]
    headers = [column.header for column in columns if column.is_printed]
    return ReportPreview(headers=headers, rows=rows, shown=shown, excluded=excluded, entries=entries.shown)
