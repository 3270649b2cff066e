"""Which bundles keep their files, rule by rule."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.release_state import BEFORE_LIVE, ON_CHANNEL, ReleaseState
from updates.domain.retention import KeptRelease, bundles_needed

NOW = datetime(2026, 11, 30, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=100)
PRODUCTION, BETA = 1, 2


def release(bundle: int = 1, **changed: Any) -> KeptRelease:
    given: dict[str, Any] = {
        "bundle": bundle,
        "channel": PRODUCTION,
        "state": ReleaseState.ROLLED_BACK,
        "live_seq": bundle,
        "is_full": True,
        "over_since": LONG_AGO,
    }
    return KeptRelease(**(given | changed))


def needed(
    *releases: KeptRelease, bundles: tuple[int, ...] = (1,), uploaded: datetime = LONG_AGO, **days: int | None
) -> set[int]:
    retention = {PRODUCTION: 30} | {
        PRODUCTION if name == "production" else BETA: n for name, n in days.items()
    }
    return bundles_needed(
        bundles=dict.fromkeys(bundles, uploaded), releases=releases, retention=retention, now=NOW
    )


@pytest.mark.parametrize("state", sorted(ON_CHANNEL | BEFORE_LIVE))
def test_what_is_on_a_channel_or_not_yet_published_is_needed(state: ReleaseState) -> None:
    assert needed(release(state=state)) == {1}


@pytest.mark.parametrize("state", [ReleaseState.ROLLED_BACK, ReleaseState.WITHDRAWN, ReleaseState.DISCARDED])
def test_what_is_over_is_needed_for_the_channels_days(state: ReleaseState) -> None:
    ended = NOW - timedelta(days=30)
    assert needed(release(state=state, over_since=ended)) == set()
    assert needed(release(state=state, over_since=ended + timedelta(seconds=1))) == {1}


def test_what_a_channel_goes_back_to_is_needed_and_nothing_further_back() -> None:
    over = [release(n, state=ReleaseState.SUPERSEDED) for n in (1, 2)]
    assert needed(*over, release(3, state=ReleaseState.LIVE), bundles=(1, 2, 3)) == {2, 3}


def test_what_was_halted_is_nothing_to_go_back_to() -> None:
    before = release(1, state=ReleaseState.SUPERSEDED)
    halted = release(2, state=ReleaseState.SUPERSEDED, is_halted=True)
    assert needed(before, halted, release(3, state=ReleaseState.LIVE), bundles=(1, 2, 3)) == {1, 3}


def test_the_order_of_going_live_says_what_a_channel_goes_back_to() -> None:
    over = [release(1, state=ReleaseState.SUPERSEDED, live_seq=9), release(2, state=ReleaseState.SUPERSEDED)]
    assert needed(*over, bundles=(1, 2)) == {1}


@pytest.mark.parametrize("changed", [{"is_full": False}, {"live_seq": None}])
def test_what_was_never_served_in_full_isnt_gone_back_to(changed: dict[str, Any]) -> None:
    assert needed(release(state=ReleaseState.SUPERSEDED, **changed)) == set()


@pytest.mark.parametrize("days", [None, 0])
def test_a_channel_without_days_keeps_for_ever(days: int | None) -> None:
    assert needed(release(), production=days) == {1}


def test_another_channel_needs_it_too() -> None:
    elsewhere = release(channel=BETA, state=ReleaseState.LIVE)
    assert needed(release(), elsewhere, beta=1) == {1}
    assert needed(release(), release(channel=BETA), beta=None) == {1}
    assert needed(release(), release(channel=BETA), beta=1) == set()


def test_a_channel_that_it_was_never_on_doesnt_need_it() -> None:
    assert needed(release(), beta=None) == set()


def test_one_that_was_never_released_is_kept_by_the_most_patient_channel() -> None:
    uploaded = NOW - timedelta(days=50)
    assert needed(uploaded=uploaded) == set()
    assert needed(uploaded=uploaded, beta=60) == {1}
    assert needed(uploaded=LONG_AGO, beta=None) == {1}


STATES = st.sampled_from(list(ReleaseState))
RELEASES = st.lists(
    st.builds(
        KeptRelease,
        bundle=st.integers(1, 5),
        channel=st.integers(1, 3),
        state=STATES,
        live_seq=st.none() | st.integers(1, 9),
        is_full=st.booleans(),
        over_since=st.just(LONG_AGO),
    )
)


@given(RELEASES, st.integers(1, 200))
def test_whatever_happens_nothing_that_is_served_or_waits_loses_its_file(
    releases: list[KeptRelease], days: int
) -> None:
    kept = bundles_needed(
        bundles=dict.fromkeys(range(1, 6), LONG_AGO),
        releases=releases,
        retention=dict.fromkeys((1, 2, 3), days),
        now=NOW,
    )
    assert {each.bundle for each in releases if each.state in ON_CHANNEL | BEFORE_LIVE} <= kept
