"""How times stand in rows: in UTC, to the second, as entries of the log have them."""

from datetime import UTC, datetime


def time_cell(at: datetime | None) -> str | None:
    """Write a time; None stays None: it never was, or isn't set."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
