"""How times stand in rows: in UTC, to the second, as entries of the log have them."""

from datetime import UTC, datetime

from django.db.models import Q

from compliance.desk.domain.export_filter import Period


def time_cell(at: datetime | None) -> str | None:
    """Write a time; None stays None: it never was, or isn't set."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def inside(name: str, period: Period) -> Q:
    """Return the condition that a time is in a period."""
    since, before = period.begins_at, period.ends_at
    begun = Q(**{f"{name}__gte": since}) if since else Q()
    return begun & (Q(**{f"{name}__lt": before}) if before else Q())
