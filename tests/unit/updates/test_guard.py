"""When the guard speaks. Wilson's bounds were computed apart, with the textbook's formula."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from updates.domain.guard import failure_rate_at_least, guard_trips

CASES = [
    pytest.param(0, 0, 1, 1, False, id="nothing reported says nothing"),
    pytest.param(0, 0, 1, 0, False, id="nothing reported where nothing is wanted"),
    pytest.param(0, 1000, 1, 1, False, id="nothing failed"),
    pytest.param(1, 1, 500, 50, False, id="the only device failed, too few"),
    pytest.param(1, 1, 2000, 1, True, id="the only device failed, and one is enough"),
    pytest.param(1, 1, 2100, 1, False, id="one device proves at most a fifth"),
    pytest.param(49, 49, 500, 50, False, id="one less than enough"),
    pytest.param(50, 50, 500, 50, True, id="just enough"),
    pytest.param(6, 100, 500, 50, False, id="above the limit by chance"),
    pytest.param(12, 100, 500, 50, True, id="above the limit for sure"),
    pytest.param(60, 1000, 500, 50, False, id="a little above, not sure"),
    pytest.param(65, 1000, 500, 50, True, id="the same rate of many is sure"),
    pytest.param(100, 100, 10_000, 1, False, id="all may fail"),
]


@pytest.mark.parametrize(("failed", "reported", "limit_bps", "min_devices", "trips"), CASES)
def test_the_guard_speaks(
    failed: int, reported: int, limit_bps: int, min_devices: int, *, trips: bool
) -> None:
    spoken = guard_trips(failed=failed, reported=reported, limit_bps=limit_bps, min_devices=min_devices)
    assert spoken is trips


def test_the_bound_is_wilsons() -> None:
    assert failure_rate_at_least(10, 100) == pytest.approx(0.05523, abs=1e-5)
    assert failure_rate_at_least(1, 1) == pytest.approx(0.20655, abs=1e-5)


@example(0, 1561)
@given(st.integers(0, 5000), st.integers(0, 5000))
def test_the_bound_is_never_above_what_was_seen(failed: int, installed: int) -> None:
    reported = failed + installed
    assert 0 <= failure_rate_at_least(failed, reported) <= (failed / reported if reported else 0)


@given(st.integers(1, 2000), st.integers(1, 2000))
def test_more_of_the_same_makes_it_surer(failed: int, installed: int) -> None:
    once = failure_rate_at_least(failed, failed + installed)
    assert failure_rate_at_least(2 * failed, 2 * (failed + installed)) > once
