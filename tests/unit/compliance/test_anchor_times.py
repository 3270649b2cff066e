"""Names of copies, and the waits between tries."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from compliance.ledger.domain.anchors import anchor_name, hour_of, is_named_after, midnight_before, wait_after

LATE = datetime(2026, 11, 30, 1, 30, tzinfo=timezone(timedelta(hours=2)))  # still the 29th in UTC


def test_a_copy_is_named_by_the_day_in_utc_and_sorts_by_size() -> None:
    small, large = (anchor_name("host/log/1", size, LATE) for size in (9, 10))
    assert small.startswith("2026-11-29/000000000000009-")
    assert small < large
    assert is_named_after(small, "host/log/1")
    assert not is_named_after(small, "host/log/2")


def test_hours_and_days_are_those_of_utc() -> None:
    assert hour_of(LATE) == datetime(2026, 11, 29, 23, tzinfo=UTC)
    assert midnight_before(LATE) == datetime(2026, 11, 29, tzinfo=UTC)


@pytest.mark.parametrize(("failures", "minutes"), [(0, 1), (1, 1), (2, 2), (6, 32), (7, 60), (10_000, 60)])
def test_waits_double_up_to_an_hour(failures: int, minutes: int) -> None:
    assert wait_after(failures) == timedelta(minutes=minutes)
