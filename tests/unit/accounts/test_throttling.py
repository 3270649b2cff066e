"""What failures cost, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.domain.throttling import LIMITS, MOST_IN_A_ROW, Limit, Scope

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [
        pytest.param(0, 0, id="none"),
        pytest.param(5, 0, id="the-last-free-one"),
        pytest.param(6, 1, id="first-wait"),
        pytest.param(7, 2, id="twice-as-long"),
        pytest.param(10, 16, id="and-so-on"),
        pytest.param(16, 900, id="never-longer"),
        pytest.param(10_000, 900, id="however-many"),
    ],
)
def test_each_failure_beyond_the_free_ones_doubles_the_wait(failures: int, seconds: int) -> None:
    limit = LIMITS[Scope.ACCOUNT_AT_ADDRESS]
    assert limit.opens_at(failures=failures, last_at=NOON) == NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize("scope", [Scope.STRANGERS, Scope.KNOWN_BROWSER])
def test_a_hundred_in_a_row_close_an_account_until_something_else_opens_it(scope: Scope) -> None:
    limit = LIMITS[scope]
    assert limit.opens_at(failures=MOST_IN_A_ROW - 1, last_at=NOON) == NOON
    assert limit.opens_at(failures=MOST_IN_A_ROW, last_at=NOON) is None
    years = NOON + timedelta(days=3650)
    assert limit.standing(failures=MOST_IN_A_ROW, last_at=NOON, now=years) == MOST_IN_A_ROW


def test_failures_are_forgotten_after_a_while_without_one() -> None:
    limit = Limit(free=1, longest=timedelta(hours=1), forgotten_after=timedelta(hours=2))
    just_before, then = NOON + timedelta(hours=2) - timedelta(seconds=1), NOON + timedelta(hours=2)
    assert limit.standing(failures=9, last_at=NOON, now=just_before) == 9
    assert limit.standing(failures=9, last_at=NOON, now=then) == 0


@pytest.mark.parametrize("limit", [limit for limit in LIMITS.values() if limit.forgotten_after])
def test_nothing_is_forgotten_before_its_longest_wait_is_over(limit: Limit) -> None:
    assert limit.forgotten_after is not None
    assert limit.forgotten_after > limit.longest
