"""Rows of the reports on drills and on incidents."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.reports.declaration import Row
from compliance.desk.models import Drill, Incident, IncidentNotice
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.incidents import drills_all, drills_due
from compliance.desk.selectors.reports.times import inside, time_cell

_CHUNK: Final = 200
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


def drill_rows(now: datetime, period: Period) -> Iterator[Row]:
    """Read the drills and restores that began in a period, the first one first.

    Yields:
        A row for each.
    """
    due = {drill.pk for drill in drills_due(today_at(now))}
    found = drills_all().filter(inside("began_at", period)).order_by("began_at", "pk")
    for drill in found.iterator(chunk_size=_CHUNK):
        yield _drill(drill, is_due=drill.pk in due)


def _drill(drill: Drill, *, is_due: bool) -> Row:
    checkpoint, lost = drill.checkpoint, drill.loses
    cells = (
        drill.pk,
        drill.get_kind_display(),
        drill.what,
        time_cell(drill.began_at),
        time_cell(drill.ended_at),
        drill.took // _MINUTE,
        time_cell(drill.backup_at),
        None if lost is None else lost // _MINUTE,
        drill.get_result_display(),
        drill.found,
        _day(drill.next_due_on),
        "yes" if is_due else "no",
        checkpoint.size if checkpoint else None,
        bytes(checkpoint.root).hex() if checkpoint else None,
        f"person {drill.recorded_by_id}",
        time_cell(drill.recorded_at),
    )
    return Row(cells, standing=drill.result)


def incident_rows(now: datetime, period: Period) -> Iterator[Row]:
    """Read the incidents that were noticed in a period, the first one first.

    Yields:
        A row for each.
    """
    found = (
        Incident.objects
        .filter(inside("noticed_at", period))
        .prefetch_related("notices", "steps")
        .order_by("noticed_at", "pk")
    )
    for incident in found.iterator(chunk_size=_CHUNK):
        yield _incident(incident, list(incident.notices.all()), now)


def _incident(incident: Incident, notices: list[IncidentNotice], now: datetime) -> Row:
    cells = (
        incident.reference,
        incident.get_kind_display(),
        incident.what,
        time_cell(incident.began_at),
        time_cell(incident.noticed_at),
        incident.noticed_by,
        "yes" if incident.personal else "no",
        "yes" if incident.phi else "no",
        incident.affected,
        "; ".join(map(_notice, notices)),
        sum(notice.settled_at is None for notice in notices),
        sum(_is_late(notice, today_at(now)) for notice in notices),
        len(incident.steps.all()),
        time_cell(incident.closed_at),
        ((incident.closed_at or now) - incident.noticed_at) // _DAY,
        incident.lessons,
        f"person {incident.recorded_by_id}",
    )
    return Row(cells, standing="closed" if incident.closed_at else "open")


def _notice(notice: IncidentNotice) -> str:
    if notice.settled_at is None:
        became = f"due on {notice.due_on}"
    else:
        became = f"sent on {notice.sent_on}, due on {notice.due_on}" if notice.sent_on else "not due"
    return f"{notice.terms.whom} ({notice.terms.section}): {became}"


def _is_late(notice: IncidentNotice, today: date) -> bool:
    if notice.settled_at is not None:
        return notice.sent_on is not None and notice.sent_on > notice.due_on
    return notice.due_on < today


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
