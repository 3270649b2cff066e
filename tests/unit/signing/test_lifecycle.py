import pytest

from signing.domain.lifecycle import (
    PUBLISHED_STATES,
    TRANSITIONS,
    VERIFYING_STATES,
    KeyState,
    key_state_change,
)
from signing.errors import KeyStateError

ALLOWED = {(KeyState.PRE_ACTIVATION, KeyState.ACTIVE)}


@pytest.mark.parametrize("target", list(KeyState))
@pytest.mark.parametrize("current", list(KeyState))
def test_a_key_goes_only_where_the_table_lets_it(current: KeyState, target: KeyState) -> None:
    if (current, target) in ALLOWED:
        assert key_state_change(current, target) is target
    else:
        with pytest.raises(KeyStateError):
            key_state_change(current, target)


def test_every_state_has_its_line_in_the_table() -> None:
    assert TRANSITIONS.keys() == set(KeyState)


def test_what_verifies_is_published() -> None:
    assert VERIFYING_STATES <= PUBLISHED_STATES
    assert KeyState.ACTIVE in VERIFYING_STATES
