import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.pacing import bytes_per_second, effective_bps

BPS = st.integers(0, 10_000)
TIMES = st.integers(-100, 20_000)


@pytest.mark.parametrize(
    ("minutes", "elapsed", "share"),
    [
        pytest.param(0, 0, 5000, id="not spread"),
        pytest.param(10, -60, 0, id="a clock behind"),
        pytest.param(10, 0, 0, id="just live"),
        pytest.param(10, 60, 500, id="a tenth of the time"),
        pytest.param(10, 599, 4991, id="nearly over"),
        pytest.param(10, 600, 5000, id="over"),
    ],
)
def test_a_share_grows_evenly(minutes: int, elapsed: int, share: int) -> None:
    grown = effective_bps(rollout_bps=5000, spread_minutes=minutes, live_epoch=1000, now_epoch=1000 + elapsed)
    assert grown == share


@given(shares=st.tuples(BPS, BPS), times=st.tuples(TIMES, TIMES), minutes=st.integers(0, 300))
def test_neither_time_nor_a_greater_rollout_shrinks_a_share(
    shares: tuple[int, int], times: tuple[int, int], minutes: int
) -> None:
    less, more = (
        effective_bps(rollout_bps=share, spread_minutes=minutes, live_epoch=0, now_epoch=time)
        for share, time in zip(sorted(shares), sorted(times), strict=True)
    )
    assert 0 <= less <= more <= max(shares)


def test_traffic_is_estimated_where_downloads_are_spread() -> None:
    spread = bytes_per_second(devices=60_000, bundle_size=3_000_000, rollout_bps=5000, spread_minutes=100)
    assert spread == 30_000 * 3_000_000 // 6000
    assert bytes_per_second(devices=60_000, bundle_size=1, rollout_bps=5000, spread_minutes=0) == 0
