"""The one place that reads time. Services read it once and pass `now` on; domain code never calls it."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Read the wall clock as an aware UTC datetime."""
    return datetime.now(UTC)  # noqa: TID251 (this is the module the ban points to)


def epoch_seconds() -> float:
    """Read the wall clock as seconds since 1970-01-01 UTC; for the hot path, where a datetime costs."""
    return time.time()  # noqa: TID251 (this is the module the ban points to)


def monotonic() -> float:
    """Read seconds from a clock that never steps; only differences mean anything."""
    return time.monotonic()  # noqa: TID251 (this is the module the ban points to)
