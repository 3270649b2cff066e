from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.rollout import BASIS_POINTS, rollout_includes, rollout_place

SALTS = st.text(alphabet="0123456789abcdef", min_size=32, max_size=32)
DEVICE_IDS = st.uuids().map(str)


@pytest.mark.parametrize(
    ("salt", "device_id", "place"),
    [
        # SHA-256("salt:device") by hand: a change of the formula would reshuffle every running rollout.
        pytest.param("00" * 16, "0f6d1c2e-0000-4000-8000-000000000001", 9475, id="first"),
        pytest.param(
            "a1" * 16, "0f6d1c2e-0000-4000-8000-000000000001", 5083, id="another salt, another place"
        ),
    ],
)
def test_a_place_never_changes(salt: str, device_id: str, place: int) -> None:
    assert rollout_place(salt=salt, device_id=device_id) == place


@given(salt=SALTS, device_id=DEVICE_IDS, shares=st.tuples(*[st.integers(0, BASIS_POINTS)] * 2))
def test_who_is_in_at_a_share_is_in_at_every_greater_one(
    salt: str, device_id: str, shares: tuple[int, int]
) -> None:
    less, more = sorted(shares)
    if rollout_includes(rollout_bps=less, salt=salt, device_id=device_id):
        assert rollout_includes(rollout_bps=more, salt=salt, device_id=device_id)


@given(salt=SALTS, device_id=DEVICE_IDS)
def test_rollout_at_zero_serves_nobody_and_at_full_everybody(salt: str, device_id: str) -> None:
    assert not rollout_includes(rollout_bps=0, salt=salt, device_id=device_id)
    assert rollout_includes(rollout_bps=BASIS_POINTS, salt=salt, device_id=device_id)


def test_places_are_spread_evenly() -> None:
    """Chi-squared over 100 cells with 100,000 consecutive ids; 99 degrees of freedom, p = 0.9999: 161."""
    cells = [0] * 100
    for number in range(100_000):
        cells[rollout_place(salt="a5" * 16, device_id=f"device-{number:08d}") // 100] += 1
    chi_squared = sum((cell - 1000) ** 2 / 1000 for cell in cells)
    assert 50 < chi_squared < 161


def test_two_rollouts_do_not_choose_the_same_devices() -> None:
    ids = [f"device-{number:05d}" for number in range(20_000)]

    def chosen(salt: str) -> set[str]:
        return {i for i in ids if rollout_includes(rollout_bps=1000, salt=salt, device_id=i)}

    both = len(chosen("11" * 16) & chosen("22" * 16))
    assert abs(both - 200) < 5 * sqrt(200)  # a tenth of a tenth, if independent
