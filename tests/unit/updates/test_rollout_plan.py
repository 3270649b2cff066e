"""Plans of rollouts: what can be one, and what the next step waits for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.rollout_plan import (
    NAMED_PLANS,
    Step,
    plan_check,
    plan_parse,
    plan_read,
    plan_spell,
    plan_write,
    step_wait,
)
from updates.errors import InvalidValueError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEN = Step(1000, soak_minutes=60, min_success_bps=9800, min_devices=50)

WAITS = [
    pytest.param(59, 100, 0, "its time to pass", id="an hour isn't over"),
    pytest.param(60, 49, 0, "reports of 50 devices; 49", id="too few reported"),
    pytest.param(60, 97, 3, "a success rate of 98 %", id="too many failed"),
    pytest.param(60, 98, 2, None, id="just good enough"),
    pytest.param(600, 1000, 0, None, id="late is late"),
    pytest.param(60, 0, 50, "a success rate of 98 %", id="all failed"),
]


@pytest.mark.parametrize(("minutes", "installed", "failed", "words"), WAITS)
def test_the_next_step_waits(minutes: int, installed: int, failed: int, words: str | None) -> None:
    now = NOON + timedelta(minutes=minutes)
    wait = step_wait(TEN, since=NOON, installed=installed, failed=failed, now=now)
    assert (wait is None) if words is None else (wait is not None and wait.words.startswith(words))


def test_a_step_that_waits_for_time_says_until_when() -> None:
    wait = step_wait(TEN, since=NOON, installed=0, failed=0, now=NOON)
    assert wait is not None
    assert wait.until == NOON + timedelta(hours=1)


def test_a_wanted_success_rate_waits_for_a_first_report() -> None:
    step = Step(1000, min_success_bps=9000)
    assert step_wait(step, since=NOON, installed=0, failed=0, now=NOON) is not None
    assert step_wait(step, since=NOON, installed=1, failed=0, now=NOON) is None


def test_a_step_without_conditions_waits_for_nothing() -> None:
    assert step_wait(Step(1000), since=NOON, installed=0, failed=9, now=NOON) is None


WRONG = [
    pytest.param([{"bps": 100}, {"bps": 100}], "greater than the one before", id="the same share twice"),
    pytest.param([{"bps": 100}, {"bps": 50}], "greater than the one before", id="a falling share"),
    pytest.param([{"bps": 0}], "1 to 10000", id="nobody"),
    pytest.param([{"bps": 10_001}], "1 to 10000", id="more than all"),
    pytest.param([{"bps": 100, "soak_minutes": 86_401}], "60 days", id="a wait without end"),
    pytest.param([{"bps": 100, "soak_minutes": -1}], "60 days", id="a wait into the past"),
    pytest.param([{"bps": 100, "min_success_bps": 10_001}], "success rate", id="better than perfect"),
    pytest.param([{"bps": 100, "min_devices": -1}], "so many", id="less than no device"),
    pytest.param([{"bps": step} for step in range(1, 22)], "at most 20", id="too many steps"),
    pytest.param([{"soak_minutes": 1}], "has bps", id="no share"),
    pytest.param([{"bps": 1, "then": 2}], "has bps", id="an unknown condition"),
    pytest.param([{"bps": "1"}], "whole numbers", id="a text"),
    pytest.param([{"bps": True}], "whole numbers", id="a truth"),
    pytest.param([{"bps": 1.5}], "whole numbers", id="half a basis point"),
    pytest.param(["1%"], "has bps", id="no step at all"),
]


@pytest.mark.parametrize(("plan", "words"), WRONG)
def test_what_is_no_plan_is_refused(plan: list[Any], words: str) -> None:
    with pytest.raises(InvalidValueError, match=words):
        plan_check(plan_read(plan))


@given(st.lists(st.integers(1, 10_000), unique=True, max_size=20), st.integers(0, 1000))
def test_a_plan_is_read_as_it_was_written(shares: list[int], soak: int) -> None:
    plan = plan_check(tuple(Step(share, soak) for share in sorted(shares)))
    assert plan_read(plan_write(plan)) == plan


@pytest.mark.parametrize("name", NAMED_PLANS)
def test_a_named_plan_can_be_carried_out_and_typed(name: str) -> None:
    plan = plan_check(NAMED_PLANS[name])
    assert plan[-1].bps == 10_000
    assert plan_parse(plan_spell(plan)) == plan


def test_what_a_line_leaves_out_is_not_wanted() -> None:
    assert plan_parse("0.5 %, 1.5\n\n 10,0,97.25 % , 30\n100") == (
        Step(50, soak_minutes=90),
        Step(1000, min_success_bps=9725, min_devices=30),
        Step(10_000),
    )


@pytest.mark.parametrize(
    "line", ["ten", "1,2,3,4,5", "1,,2", "-1", "1e3", "\N{ARABIC-INDIC DIGIT ONE}", "10 percent", ","]
)
def test_what_is_not_a_line_of_numbers_is_no_step(line: str) -> None:
    with pytest.raises(InvalidValueError, match="isn't a step"):
        plan_parse(line)
