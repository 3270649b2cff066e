from itertools import product

import pytest

from signing.domain.lifecycle import (
    NIST_STATES,
    PUBLISHED_STATES,
    SPENT_STATES,
    TRANSITIONS,
    VERIFYING_STATES,
    KeyState,
    key_state_change,
)
from signing.errors import KeyStateError

S = KeyState
ALLOWED = {
    (S.GENERATING, S.PREPUBLISHED),
    (S.GENERATING, S.DESTROYED),
    (S.PREPUBLISHED, S.ACTIVE),
    (S.PREPUBLISHED, S.COMPROMISED),
    (S.PREPUBLISHED, S.DESTROYED),
    (S.ACTIVE, S.VERIFY_ONLY),
    (S.ACTIVE, S.SUSPENDED),
    (S.ACTIVE, S.COMPROMISED),
    (S.VERIFY_ONLY, S.RETIRED),
    (S.VERIFY_ONLY, S.SUSPENDED),
    (S.VERIFY_ONLY, S.COMPROMISED),
    (S.RETIRED, S.COMPROMISED),
    (S.SUSPENDED, S.VERIFY_ONLY),
    (S.SUSPENDED, S.COMPROMISED),
    (S.SUSPENDED, S.DESTROYED),
    (S.COMPROMISED, S.DESTROYED),
}


@pytest.mark.parametrize(("current", "target"), list(product(KeyState, KeyState)))
def test_a_key_goes_only_where_the_table_lets_it(current: KeyState, target: KeyState) -> None:
    if (current, target) in ALLOWED:
        assert key_state_change(current, target) is target
    else:
        with pytest.raises(KeyStateError):
            key_state_change(current, target)


def test_every_state_has_its_line_in_both_tables() -> None:
    assert TRANSITIONS.keys() == NIST_STATES.keys() == set(KeyState)


def test_what_verifies_is_published_and_what_is_spent_does_neither() -> None:
    assert VERIFYING_STATES < PUBLISHED_STATES
    assert not SPENT_STATES & PUBLISHED_STATES


def reachable(start: KeyState) -> set[KeyState]:
    found: set[KeyState] = set()
    waiting = [start]
    while waiting:
        for state in TRANSITIONS[waiting.pop()] - found:
            found.add(state)
            waiting.append(state)
    return found


@pytest.mark.parametrize("state", [S.VERIFY_ONLY, S.RETIRED, S.SUSPENDED, S.COMPROMISED, S.DESTROYED])
def test_a_key_that_stopped_signing_never_signs_again(state: KeyState) -> None:
    assert S.ACTIVE not in reachable(state)


def test_compromised_and_destroyed_are_never_left_backwards() -> None:
    assert reachable(S.COMPROMISED) == {S.DESTROYED}
    assert reachable(S.DESTROYED) == set()
