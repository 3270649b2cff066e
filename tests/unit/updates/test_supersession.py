"""What a new release takes the place of."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.rollout import rollout_includes
from updates.domain.supersession import Reach, salt_taken_over, supersedes

IOS, BOTH = {"platforms": ["ios"]}, {"platforms": ["android", "ios"]}


def reach(bps: int, audience: dict[str, Any] | None = None, salt: str = "aa") -> Reach:
    conditions = set(audience or {}) - {"always"}
    return Reach(bps, salt, audience or {}, targeted=bool(conditions))


CASES = [
    pytest.param(reach(10_000), reach(10_000), True, id="full over full"),
    pytest.param(reach(10_000), reach(500), True, id="full over a rollout"),
    pytest.param(reach(10_000), reach(500, IOS), True, id="full over an audience"),
    pytest.param(reach(10_000), reach(500, {"always": ["x"]}), True, id="full over who is always in"),
    pytest.param(reach(500), reach(10_000), False, id="a rollout over the full one"),
    pytest.param(reach(500), reach(500), True, id="a rollout that reaches as far"),
    pytest.param(reach(501), reach(500), True, id="a rollout that reaches further"),
    pytest.param(reach(499), reach(500), False, id="a rollout that reaches less"),
    pytest.param(reach(500, salt="bb"), reach(500), False, id="other devices first"),
    pytest.param(reach(500), reach(500, IOS), True, id="a rollout over a part of it"),
    pytest.param(reach(500, IOS), reach(500), False, id="an audience over everybody"),
    pytest.param(reach(500, IOS), reach(500, IOS), True, id="the same audience"),
    pytest.param(reach(500, BOTH), reach(500, IOS), False, id="another audience stays beside it"),
    pytest.param(reach(10_000, IOS), reach(500, IOS, "bb"), True, id="all of an audience need no order"),
    pytest.param(reach(500), reach(500, {"always": ["x"]}), False, id="who is always in would lose it"),
    pytest.param(reach(10_000, IOS), reach(10_000), False, id="an audience over the full one"),
]


@pytest.mark.parametrize(("new", "old", "goes"), CASES)
def test_a_release_takes_the_place_of_another(new: Reach, old: Reach, *, goes: bool) -> None:
    assert supersedes(new, old) is goes


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.uuids())
def test_who_is_superseded_has_nobody_who_would_lose_it(new_bps: int, old_bps: int, device: object) -> None:
    new, old = reach(new_bps), reach(old_bps)
    if supersedes(new, old) and rollout_includes(rollout_bps=old_bps, salt="aa", device_id=str(device)):
        assert rollout_includes(rollout_bps=new_bps, salt="aa", device_id=str(device))


def test_a_hotfix_takes_over_the_order_of_the_newest_rollout() -> None:
    assert salt_taken_over([reach(10_000, IOS, "aa"), reach(500, salt="bb"), reach(900, salt="cc")]) == "bb"


def test_where_nothing_rolls_out_there_is_no_order_to_take_over() -> None:
    assert salt_taken_over([reach(10_000)]) is None
