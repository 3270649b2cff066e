"""When a message that wasn't taken is sent again, and when that's hopeless."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

# As Standard Webhooks recommends: soon, then ever more rarely, for three days in all.
WAITS: Final[Sequence[timedelta]] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# Part of each wait, so that what failed together doesn't come back together.
JITTER: Final = 0.2
LONGEST_WAIT: Final = timedelta(hours=24)
HOPELESS_AFTER: Final = timedelta(days=5)
GONE: Final = 410


def next_attempt(
    *, attempts: int, now: datetime, jitter: float, retry_after: timedelta | None = None
) -> datetime | None:
    """Say when to try again after so many attempts, the last of them now; None: give up.

    Args:
        attempts: How many there were; at least 1.
        now: When the last one failed.
        jitter: Drawn from 0 to 1.
        retry_after: What the receiver asked for: never sooner than that, and at most a day.
    """
    if attempts > len(WAITS):
        return None
    wait = WAITS[attempts - 1] * (1 + JITTER * jitter)
    return now + max(wait, min(retry_after or timedelta(0), LONGEST_WAIT))


def retry_after_read(value: str, *, now: datetime) -> timedelta | None:
    """Read a `Retry-After` header (RFC 9110, section 10.2.3); None where it says nothing of use."""
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text[:9]), LONGEST_WAIT.total_seconds()))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(wait, LONGEST_WAIT) if wait > timedelta(0) else None


def is_hopeless(*, failing_since: datetime, now: datetime) -> bool:
    """Whether nothing has got through for so long that nobody seems to listen any more."""
    return now - failing_since >= HOPELESS_AFTER
