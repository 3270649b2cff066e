"""Properties of every rollback; the cases are told in tests/integration/updates/services/test_rollback.py."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.errors import ConsoleError
from updates.domain.release_state import ReleaseState
from updates.domain.rollback import Standing, rollback_plan, rollback_targets
from updates.errors import BundleGoneError, NothingToRollBackError, ReleaseStateError

LIVE, SUPERSEDED, ROLLED_BACK = ReleaseState.LIVE, ReleaseState.SUPERSEDED, ReleaseState.ROLLED_BACK


@st.composite
def channels(draw: st.DrawFn) -> list[Standing]:
    """Any history that publications and rollbacks can have made."""
    releases: list[Standing] = []
    for seq in range(1, draw(st.integers(1, 8)) + 1):
        if draw(st.booleans()):
            releases = _published(releases, seq, full=draw(st.booleans()))
        elif draw(st.booleans()):
            releases = _rolled_back(releases, None)
        else:
            releases = _rolled_back(releases, draw(st.sampled_from(["builtin", "v1", "v2", "v3"])))
    return releases


def _published(releases: list[Standing], seq: int, *, full: bool) -> list[Standing]:
    kept = [
        replace(one, state=SUPERSEDED) if one.state is LIVE and (full or not one.full) else one
        for one in releases
    ]
    version = f"v{seq % 4}"
    return [*kept, Standing(seq, seq, version, version, full, LIVE)]


def _rolled_back(releases: list[Standing], to: str | None) -> list[Standing]:
    try:
        plan = rollback_plan(releases, to=to)
    except ConsoleError:
        return releases
    down = {*plan.rolled_back, *plan.passed_over}
    states = {one.release_seq: ROLLED_BACK if one.release_seq in down else one.state for one in releases}
    if plan.now_live is not None:
        states[plan.now_live] = LIVE
    return [replace(one, state=states[one.release_seq]) for one in releases]


TARGETS = st.sampled_from([None, "builtin", "v0", "v1", "v2", "v3"])


@given(channels(), TARGETS)
def test_after_a_rollback_exactly_the_target_is_live(releases: list[Standing], to: str | None) -> None:
    try:
        plan = rollback_plan(releases, to=to)
    except ConsoleError:
        return
    after = _rolled_back(releases, to)
    live = [one for one in after if one.state is LIVE]
    assert [one.release_seq for one in live] == ([plan.now_live] if plan.now_live else [])
    assert all(one.full for one in live)
    assert plan.serves_builtin is (not live)


@given(channels(), TARGETS)
def test_a_rollback_goes_back(releases: list[Standing], to: str | None) -> None:
    newest = max((one.release_seq for one in releases if one.state is LIVE), default=0)
    try:
        plan = rollback_plan(releases, to=to)
    except ConsoleError:
        return
    assert newest in plan.rolled_back
    assert (plan.now_live or 0) < newest


@given(channels())
def test_repeated_rollbacks_end_at_the_built_in_bundle(releases: list[Standing]) -> None:
    for _ in range(len(releases) + 1):
        releases = _rolled_back(releases, None)
    with pytest.raises(NothingToRollBackError):
        rollback_plan(releases, to=None)


@given(channels())
def test_the_order_in_which_releases_are_given_does_not_matter(releases: list[Standing]) -> None:
    if any(one.state is LIVE for one in releases):
        assert rollback_plan(releases, to=None) == rollback_plan(releases[::-1], to=None)


def one(
    seq: int,
    state: ReleaseState,
    *,
    full: bool = True,
    content: str = "",
    available: bool = True,
    halted: bool = False,
) -> Standing:
    halted = halted or state is ReleaseState.HALTED
    return Standing(seq, seq, f"v{seq}", content or f"v{seq}", full, state, available, halted)


def test_one_release_is_taken_back_and_what_lies_on_top_stays() -> None:
    releases = [one(1, LIVE), one(2, LIVE, full=False), one(3, LIVE, full=False)]
    plan = rollback_plan(releases, to=None, only=2)
    assert (plan.rolled_back, plan.now_live, plan.revives) == ((2,), 1, False)


def test_a_full_release_is_taken_back_from_beneath_a_rollout() -> None:
    releases = [one(1, SUPERSEDED), one(2, LIVE), one(3, LIVE, full=False)]
    plan = rollback_plan(releases, to=None, only=2)
    assert (plan.rolled_back, plan.now_live, plan.revives) == ((2,), 1, True)


def test_what_is_not_on_the_channel_is_not_taken_back_alone() -> None:
    with pytest.raises(NothingToRollBackError):
        rollback_plan([one(1, SUPERSEDED), one(2, LIVE)], to=None, only=1)


@pytest.mark.parametrize("only", [None, 3])
def test_nobody_goes_back_to_what_is_stopped(only: int | None) -> None:
    stopped = one(2, ReleaseState.HALTED)
    plan = rollback_plan([one(1, SUPERSEDED), stopped, one(3, LIVE, full=False)], to=None, only=only)
    assert (plan.rolled_back, plan.now_live) == ((3, 2), 1)


def test_a_paused_release_is_gone_back_to_by_name_and_a_halted_one_is_not() -> None:
    paused = [one(1, ReleaseState.PAUSED), one(2, LIVE, full=False)]
    assert rollback_plan(paused, to="v1").revives
    with pytest.raises(ReleaseStateError, match="halted"):
        rollback_plan([one(1, ReleaseState.HALTED), one(2, LIVE, full=False)], to="v1")


def test_what_was_halted_is_not_gone_back_to_wherever_it_is_now() -> None:
    replaced = [one(1, SUPERSEDED), one(2, SUPERSEDED, halted=True), one(3, LIVE)]
    assert rollback_plan(replaced, to=None).now_live == 1
    assert [target.version for target in rollback_targets(replaced)] == ["v1"]
    for state in (SUPERSEDED, ROLLED_BACK):
        with pytest.raises(ReleaseStateError, match="halted"):
            rollback_plan([one(1, SUPERSEDED), one(2, state, halted=True), one(3, LIVE)], to="v2")


def test_a_bundle_that_is_gone_is_passed_over_and_refused_by_name() -> None:
    releases = [one(1, SUPERSEDED), one(2, SUPERSEDED, available=False), one(3, LIVE)]
    assert rollback_plan(releases, to=None).now_live == 1
    with pytest.raises(BundleGoneError):
        rollback_plan(releases, to="v2")
    assert [target.version for target in rollback_targets(releases)] == ["v1"]


@pytest.mark.parametrize("only", [None, 3])
def test_a_withdrawal_does_not_go_back_to_the_same_content(only: int | None) -> None:
    releases = [one(1, SUPERSEDED), one(2, SUPERSEDED, content="bad"), one(3, LIVE, content="bad")]
    assert rollback_plan(releases, to=None, only=only).now_live == 2
    assert rollback_plan(releases, to=None, only=only, withdraws=True).now_live == 1


def test_releases_are_ordered_by_going_live_not_by_number() -> None:
    drafted_early = Standing(1, 9, "v1", "v1", full=True, state=LIVE)
    plan = rollback_plan([drafted_early, one(2, SUPERSEDED)], to=None)
    assert (plan.rolled_back, plan.now_live) == ((1,), 2)
