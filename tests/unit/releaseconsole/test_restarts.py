import pytest

from releaseconsole.supervisor.restarts import Restarts


@pytest.mark.parametrize(
    ("lives", "last_answer"),
    [
        pytest.param([1.0], 0.5, id="a first quick death waits a moment"),
        pytest.param([1.0, 1.0, 1.0], 2.0, id="each further one waits twice as long"),
        pytest.param([1.0] * 5, None, id="the fifth in a row is given up"),
        pytest.param([1.0] * 4 + [60.0], 0.5, id="a longer life clears the row"),
        pytest.param([60.0] * 20, 0.5, id="rare deaths never give up"),
    ],
)
def test_restarts(lives: list[float], last_answer: float | None) -> None:
    restarts = Restarts()
    answers = [restarts.after_death(lived) for lived in lives]
    assert answers[-1] == last_answer
    assert None not in answers[:-1]
