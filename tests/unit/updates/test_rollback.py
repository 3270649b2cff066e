"""Properties of every rollback; the cases are told in tests/integration/updates/services/test_rollback.py."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.errors import ConsoleError
from updates.domain.release_state import ReleaseState
from updates.domain.rollback import Standing, rollback_plan
from updates.errors import NothingToRollBackError

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
