"""A one-time code works once, whichever of the three that are good at a moment it is."""

from datetime import UTC, datetime

import pytest
import time_machine

from accounts.domain.totp import seed_text
from accounts.models import User
from tests.support.operator import totp
from tests.support.people import SEED

NOON = datetime(2026, 11, 25, 12, 0, 10, tzinfo=UTC)


def accepted(user: User, step: int) -> bool:
    user.totp_authenticators.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    return user.totp_authenticators.get().verify_token(totp(seed_text(SEED), step=step))


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_a_code_works_once(ada: User, step: int) -> None:
    with time_machine.travel(NOON, tick=False):
        assert accepted(ada, step)
        assert not accepted(ada, step)


def test_the_codes_of_three_steps_work_one_after_the_other_and_never_backwards(ada: User) -> None:
    with time_machine.travel(NOON, tick=False):
        assert [accepted(ada, step) for step in (-1, 0, 1)] == [True, True, True]
        assert [accepted(ada, step) for step in (-1, 0, 1)] == [False, False, False]


@pytest.mark.parametrize("step", [-2, 2])
def test_a_code_from_further_away_does_not_work(ada: User, step: int) -> None:
    with time_machine.travel(NOON, tick=False):
        assert not accepted(ada, step)
