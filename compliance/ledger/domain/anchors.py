"""When a checkpoint is to be laid down outside, under which name, and how long to wait after a failure."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Final

_LONGEST_WAIT: Final = timedelta(hours=1)
_FIRST_WAIT: Final = timedelta(minutes=1)
_MOST_DOUBLINGS: Final = 6


def log_mark(origin: str) -> str:
    """Return 16 letters by which names of files tell one log from another; an origin may hold any letter."""
    return hashlib.sha256(origin.encode()).hexdigest()[:16]


def anchor_name(origin: str, size: int, at: datetime) -> str:
    """Name the copy of a checkpoint; in the order of names, the newest one is the last."""
    return f"{day_of(at).isoformat()}/{size:015d}-{log_mark(origin)}.checkpoint"


def is_named_after(name: str, origin: str) -> bool:
    """Tell whether a copy is of this log, by its name."""
    return name.endswith(f"-{log_mark(origin)}.checkpoint")


def wait_after(failures: int) -> timedelta:
    """Return how long nobody tries again after so many failures in a row."""
    doublings = min(max(failures, 1) - 1, _MOST_DOUBLINGS)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def hour_of(at: datetime) -> datetime:
    """Return when the hour began, in UTC."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def midnight_before(at: datetime) -> datetime:
    """Return when the day began, in UTC."""
    return hour_of(at).replace(hour=0)


def day_of(at: datetime) -> date:
    """Return the day, in UTC."""
    return at.astimezone(UTC).date()
