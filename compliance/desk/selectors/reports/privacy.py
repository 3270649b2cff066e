"""Rows of the reports on privacy requests and on health data."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.phi.status import RegisterLine
from compliance.desk.domain.reports.declaration import Cell, Row
from compliance.desk.models import PrivacyRequest
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.phi.refusals import refusals_count
from compliance.desk.selectors.phi.register import app_registered
from compliance.desk.selectors.reports.times import time_cell
from compliance.desk.selectors.request_reports import (
    REGISTER_COLUMNS,
    answer_letter,
    metrics_of,
    register_row,
    requests_received,
    years_found,
)
from signing.models import TokenProfile
from updates.models import App

_CHUNK: Final = 200
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(9999, 12, 31)
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def request_rows(now: datetime, period: Period) -> Iterator[Row]:
    """Read the requests received in a period, oldest first.

    Yields:
        A row for each.
    """
    today = today_at(now)
    first, last = _days(period)
    for request in requests_received(first=first, last=last).iterator(chunk_size=_CHUNK):
        yield Row(_request_cells(request, today), app=request.app_id)


def _request_cells(request: PrivacyRequest, today: date) -> tuple[Cell, ...]:
    """Write a request as its register does; of one that runs, whether it's late by the day of the report."""
    cells: dict[str, Cell] = dict(zip(REGISTER_COLUMNS, register_row(request), strict=True))
    cells["acknowledged at"] = time_cell(request.ack_sent_at)
    answer = answer_letter(request)
    cells["answer left at"] = time_cell(answer.settled_at) if answer else None
    cells["days"] = (request.closed_on - request.received_on).days if request.closed_on else None
    if not request.is_closed:
        cells["late"] = "yes, and runs" if request.answer_due < today else "not yet"
    return tuple(cells.values())


def figure_rows(_now: datetime, period: Period) -> Iterator[Row]:
    """Count the requests of each year that a period touches, the first year first.

    Yields:
        A row for each kind.
    """
    first, last = _days(period)
    for year in sorted(years_found()):
        if first.year <= year <= last.year:
            for line in metrics_of(year=year):
                yield Row((
                    year,
                    line.kind.words,
                    line.received,
                    line.complied,
                    line.complied_in_part,
                    line.denied,
                    line.withdrawn,
                    line.running,
                    _figure(line.median_days),
                    _figure(line.mean_days),
                ))


def phi_rows(now: datetime, period: Period) -> Iterator[Row]:
    """Put the PHI register together, app by app.

    Yields:
        A row for each app, and for each of its parts.
    """
    since = period.begins_at or _LONG_AGO
    known = set(TokenProfile.objects.values_list("app_id", flat=True))
    for app_id in App.objects.order_by("pk").values_list("pk", flat=True):
        if app_id not in known:
            yield Row((app_id, "app", app_id, "unknown", "", "", "none", "no", None, None), app=app_id)
            continue
        counts = refusals_count(since=since, app_id=app_id)
        found = app_registered(app_id=app_id, counts=counts, now=now)
        yield _line(app_id, "app", found.line, sum(counts.values()))
        parts = (
            ("token", found.tokens),
            ("claim", found.claims),
            ("field", found.fields),
            ("bundle", found.bundles),
        )
        for part, lines in parts:
            for line in lines:
                yield _line(app_id, part, line, None)


def _line(app_id: str, part: str, line: RegisterLine, refusals: int | None) -> Row:
    cells: tuple[Cell, ...] = (
        app_id,
        part,
        line.name,
        line.status.value,
        line.why,
        line.protection,
        line.evidence.value,
        "yes" if line.is_bad else "no",
        refusals,
        time_cell(line.at),
    )
    return Row(cells, app=app_id)


def _figure(days: float | None) -> str | None:
    return None if days is None else f"{days:g}"


def _days(period: Period) -> tuple[date, date]:
    """Say which days a period covers, in its zone."""
    zone = ZoneInfo(period.zone)
    begins_at, ends_at = period.begins_at, period.ends_at
    first = begins_at.astimezone(zone).date() if begins_at else _FIRST_DAY
    last = (ends_at - timedelta(microseconds=1)).astimezone(zone).date() if ends_at else _LAST_DAY
    return first, last
