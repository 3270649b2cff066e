"""What a device may be forced to, and for how long; and what failures are called."""

from datetime import UTC, datetime, timedelta

import pytest

from updates.domain.failure_words import failure_words
from updates.domain.outcomes import FAILURES
from updates.domain.overrides import (
    LONGEST_OVERRIDE,
    LONGEST_REASON,
    forceable_check,
    override_reason_check,
    override_until_check,
)
from updates.domain.release_state import ReleaseState
from updates.errors import InvalidValueError, ReleaseStateError

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("ahead", [SECOND, LONGEST_OVERRIDE])
def test_a_device_is_forced_for_a_while(ahead: timedelta) -> None:
    assert override_until_check(NOW + ahead, now=NOW) == NOW + ahead


@pytest.mark.parametrize("ahead", [-SECOND, timedelta(0), LONGEST_OVERRIDE + SECOND])
def test_but_neither_into_the_past_nor_for_ever(ahead: timedelta) -> None:
    with pytest.raises(InvalidValueError):
        override_until_check(NOW + ahead, now=NOW)


def test_a_reason_is_kept_without_space_around_it() -> None:
    assert override_reason_check("  Reproduces the crash.\n") == "Reproduces the crash."


@pytest.mark.parametrize("reason", ["", " \n", "x" * (LONGEST_REASON + 1)])
def test_no_reason_is_no_reason(reason: str) -> None:
    with pytest.raises(InvalidValueError):
        override_reason_check(reason)


@pytest.mark.parametrize("state", ReleaseState)
def test_only_what_was_signed_off_and_not_taken_back_can_be_forced(state: ReleaseState) -> None:
    forceable = {ReleaseState.LIVE, ReleaseState.PAUSED, ReleaseState.HALTED, ReleaseState.SUPERSEDED}
    if state in forceable:
        forceable_check(state)
    else:
        with pytest.raises(ReleaseStateError):
            forceable_check(state)


def test_every_failure_has_words() -> None:
    assert {action for action in FAILURES if failure_words(action) == action} == set()


def test_what_is_not_known_stays_as_it_is() -> None:
    assert failure_words("brand_new_fail") == "brand_new_fail"
