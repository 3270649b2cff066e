"""Rows of “components of a cybersecurity audit”: each with its evidence, and with what was said of it."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.urls import reverse

from compliance.desk.domain.controls import PAGES
from compliance.desk.domain.cybersecurity import COMPONENTS, STANDING_WORDS, Component, Standing
from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.domain.reports.declaration import Row
from compliance.desk.models import ComponentStatement, ReportRun
from compliance.desk.models.exports import ExportState
from compliance.desk.models.reports import Verdict
from compliance.desk.selectors.components import statements_current
from compliance.desk.selectors.reports.times import inside, time_cell

_SHOWN = 8  # of a hash: enough to find the pack in the register


def component_rows(_now: datetime, period: Period) -> Iterator[Row]:
    """Go through the components.

    Yields:
        A row for each.
    """
    said, packs = statements_current(), _packs(period)
    for component in COMPONENTS.values():
        yield _row(component, said.get(component.number), packs)


def _row(component: Component, said: ComponentStatement | None, packs: Mapping[str, str]) -> Row:
    standing = said.standing if said else Standing.UNSAID.value
    pages = [f"{PAGES[page][0]} ({reverse(page.value)})" for page in component.pages]
    cells = (
        component.number,
        component.section,
        component.title,
        STANDING_WORDS[standing],
        said.reason if said else None,
        f"person {said.said_by_id}" if said else None,
        said.said_by.name if said else None,
        time_cell(said.said_at) if said else None,
        "; ".join(f"{report} {REPORTS[report].title}" for report in component.reports) or "none",
        "; ".join(f"{report} {packs.get(report, 'not made')}" for report in component.reports) or None,
        "; ".join(pages) or "none",
        component.limits,
    )
    return Row(cells, standing=standing)


def _packs(period: Period) -> dict[str, str]:
    """Say of each report which pack is its newest of a period, and whether somebody signed it off."""
    runs = (
        ReportRun.objects
        .filter(inside("export__made_at", period))
        .filter(export__state__in=[ExportState.READY, ExportState.REMOVED])
        .select_related("export")
        .order_by("export__made_at")
    )
    signed = set(runs.filter(reviews__verdict=Verdict.SIGNED_OFF).values_list("pk", flat=True))
    return {run.kind: _pack(run, is_signed_off=run.pk in signed) for run in runs}


def _pack(run: ReportRun, *, is_signed_off: bool) -> str:
    made, state = run.export.made_at, "signed off" if is_signed_off else "not signed off"
    return f"made {time_cell(made)}, pack {run.export.sha256[:_SHOWN]}, {state}"
