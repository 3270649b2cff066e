"""Limits of sessions, at their edges."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.domain.session_limits import SessionEnd, SessionLimits, duration_words

START = datetime(2026, 11, 29, 9, tzinfo=UTC)
LIMITS = SessionLimits(idle=timedelta(minutes=15), absolute=timedelta(hours=12))
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("seen", "now", "end"),
    [
        pytest.param(timedelta(0), timedelta(minutes=15) - MOMENT, None, id="just before it's idle"),
        pytest.param(timedelta(0), timedelta(minutes=15), SessionEnd.IDLE, id="idle"),
        pytest.param(timedelta(minutes=10), timedelta(minutes=20), None, id="activity prolongs it"),
        pytest.param(timedelta(hours=12) - MOMENT, timedelta(hours=12), SessionEnd.ABSOLUTE, id="absolute"),
        pytest.param(timedelta(0), timedelta(hours=13), SessionEnd.ABSOLUTE, id="both: the harder one"),
    ],
)
def test_a_session_ends_at_its_limits(seen: timedelta, now: timedelta, end: SessionEnd | None) -> None:
    assert LIMITS.end_of(opened_at=START, seen_at=START + seen, now=START + now) is end


def test_being_seen_is_written_down_once_a_minute() -> None:
    assert not LIMITS.is_seen_anew(seen_at=START, now=START + timedelta(seconds=59))
    assert LIMITS.is_seen_anew(seen_at=START, now=START + timedelta(seconds=60))


def test_a_short_limit_is_written_down_more_often() -> None:
    short = SessionLimits(idle=timedelta(minutes=1), absolute=timedelta(hours=1))
    assert short.is_seen_anew(seen_at=START, now=START + timedelta(seconds=6))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 minute"), (15, "15 minutes"), (60, "1 hour"), (90, "90 minutes"), (720, "12 hours")],
)
def test_limits_are_said_as_people_do(minutes: int, words: str) -> None:
    assert duration_words(timedelta(minutes=minutes)) == words
