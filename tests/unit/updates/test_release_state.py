"""The life of a release, as a table: what may follow what, and nothing else."""

import pytest

from updates.domain.release_state import ON_CHANNEL, OVER, TRANSITIONS, ReleaseState, release_state_change
from updates.errors import ReleaseStateError

# Row by row as people say it; a test walks all 100 pairs.
MAY_BECOME = {
    "draft": "awaiting scheduled live withdrawn discarded",
    "awaiting": "draft scheduled live withdrawn discarded",
    "scheduled": "draft awaiting live withdrawn discarded",
    "live": "paused halted superseded rolled_back withdrawn",
    "paused": "live halted superseded rolled_back withdrawn",
    "halted": "live superseded rolled_back withdrawn",
    "superseded": "live rolled_back withdrawn",
    "rolled_back": "live withdrawn",
    "withdrawn": "",
    "discarded": "",
}


@pytest.mark.parametrize("current", list(ReleaseState))
@pytest.mark.parametrize("target", list(ReleaseState))
def test_a_release_moves_as_the_table_says(current: ReleaseState, target: ReleaseState) -> None:
    if target.value in MAY_BECOME[current.value].split():
        assert release_state_change(current, target) is target
    else:
        with pytest.raises(ReleaseStateError, match=f"{current.words} can't become {target.words}"):
            release_state_change(current, target)


def test_every_state_has_its_row() -> None:
    assert set(TRANSITIONS) == set(ReleaseState)


def test_what_is_over_stays_over() -> None:
    assert all(not TRANSITIONS[state] for state in OVER)


def test_what_devices_run_can_always_be_taken_from_them() -> None:
    for state in ON_CHANNEL:
        assert {ReleaseState.ROLLED_BACK, ReleaseState.WITHDRAWN} <= TRANSITIONS[state]
