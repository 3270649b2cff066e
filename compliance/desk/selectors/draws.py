"""Reading which samples of the same rows were ordered before one: of reports, and of audits."""

from datetime import date, timedelta
from typing import Any

from compliance.desk.domain.draws import Span, filters_meet
from compliance.desk.models import ReportRun
from compliance.desk.models.engagements import AuditEngagement, AuditSample
from compliance.ledger.domain.canonical import time_written


def report_draws_before(run: ReportRun) -> list[ReportRun]:
    """List the orders of the same report with a sample, of rows that this one can hold, oldest first.

    Whatever became of them: one that was cancelled was an attempt, too. A report without a sample has none.
    """
    if not run.sample:
        return []
    orders = ReportRun.objects.select_related("export").filter(kind=run.kind, sample__gt=0)
    earlier = orders.filter(export__order__lt=run.export.order_id).order_by("export__order_id")
    return [
        each
        for each in earlier
        if _period(each).meets(_period(run)) and filters_meet(each.filters, run.filters)
    ]


def report_draw_data(run: ReportRun) -> dict[str, Any]:
    """Write an earlier order for the manifest; the rows only of one that was made."""
    return {
        "export": str(run.pk),
        "ordered_at": time_written(run.export.ordered_at),
        "period": run.export.wish.period.as_data(),
        "filters": dict(run.filters),
        "state": run.export.state,
        "rows": run.made["sample"]["rows"] if run.is_made else [],
    }


def audit_draws_before(sample: AuditSample) -> list[AuditSample]:
    """List the samples of the same entries that were ordered before, in whichever audit, oldest first."""
    orders = AuditSample.objects.select_related("audit", "ordered_by").filter(action=sample.action)
    earlier = orders.filter(order__lt=sample.order_id).order_by("order_id")
    return [
        each
        for each in earlier
        if _days(each.audit).meets(_days(sample.audit)) and filters_meet(_app(each), _app(sample))
    ]


def _period(run: ReportRun) -> Span[Any]:
    return Span(run.export.period_from, run.export.period_before)


def _days(audit: AuditEngagement) -> Span[date]:
    return Span(audit.period_from, audit.period_to + timedelta(days=1))


def _app(sample: AuditSample) -> dict[str, str]:
    return {"app": sample.app_id} if sample.app_id else {}
