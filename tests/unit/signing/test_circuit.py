import pytest

from signing.domain.circuit import Circuit
from signing.errors import KeyUnavailableError


def failing(times: int, *, now: float = 100.0) -> Circuit:
    circuit = Circuit(failures=3, pause=5.0)
    for _ in range(times):
        circuit.enter(now)
        circuit.failed(now)
    return circuit


def test_a_few_failures_are_no_reason_to_stop() -> None:
    failing(2).enter(100.0)


def test_after_three_in_a_row_nobody_is_let_through_for_the_pause() -> None:
    circuit = failing(3)
    for now in (100.0, 104.9):
        with pytest.raises(KeyUnavailableError, match="left alone"):
            circuit.enter(now)


def test_a_success_in_between_starts_the_count_anew() -> None:
    circuit = failing(2)
    circuit.succeeded()
    circuit.enter(100.0)
    circuit.failed(100.0)
    circuit.enter(100.0)


def test_after_the_pause_one_call_tries_and_the_others_wait_for_it() -> None:
    circuit = failing(3)
    circuit.enter(105.0)
    with pytest.raises(KeyUnavailableError):
        circuit.enter(105.1)
    circuit.succeeded()
    circuit.enter(105.2)
    circuit.enter(105.2)


def test_a_trial_that_fails_begins_another_pause() -> None:
    circuit = failing(3)
    circuit.enter(105.0)
    circuit.failed(106.0)
    with pytest.raises(KeyUnavailableError):
        circuit.enter(110.9)
    circuit.enter(111.0)


def test_a_trial_that_never_ends_is_followed_by_another() -> None:
    circuit = failing(3)
    circuit.enter(105.0)
    circuit.enter(110.0)
