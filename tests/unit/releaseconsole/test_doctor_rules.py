import pytest

from releaseconsole.doctor.clocks import clock_judge
from releaseconsole.doctor.disk import disk_judge
from releaseconsole.doctor.exposure import public_url_judge
from releaseconsole.doctor.findings import Level


@pytest.mark.parametrize(
    ("url", "level"),
    [
        pytest.param("https://updates.example.com", Level.OK, id="https"),
        pytest.param("http://updates.example.com", Level.PROBLEM, id="phones refuse plain http"),
        pytest.param("http://localhost:8000", Level.WARNING, id="this machine by name"),
        pytest.param("http://127.0.0.1:8000", Level.WARNING, id="this machine by number"),
        pytest.param("https://[::1]", Level.WARNING, id="this machine by IPv6"),
    ],
)
def test_public_url(url: str, level: Level) -> None:
    assert public_url_judge(url).level is level


@pytest.mark.parametrize(
    ("ahead_seconds", "level"),
    [
        pytest.param(0.1, Level.OK, id="together"),
        pytest.param(-5.0, Level.WARNING, id="a little behind"),
        pytest.param(5.0, Level.WARNING, id="a little ahead"),
        pytest.param(-31.0, Level.PROBLEM, id="far behind"),
        pytest.param(31.0, Level.PROBLEM, id="far ahead"),
    ],
)
def test_clock(ahead_seconds: float, level: Level) -> None:
    assert clock_judge("Redis", ahead_seconds).level is level


@pytest.mark.parametrize(
    ("free_bytes", "level"),
    [
        pytest.param(50_000_000_000, Level.OK, id="plenty"),
        pytest.param(4_999_999_999, Level.WARNING, id="getting full"),
        pytest.param(499_999_999, Level.PROBLEM, id="full"),
    ],
)
def test_disk(free_bytes: int, level: Level) -> None:
    assert disk_judge(free_bytes).level is level


def test_whatever_is_wrong_has_a_remedy() -> None:
    wrong = [public_url_judge("http://x.example"), clock_judge("Redis", 99), disk_judge(0)]
    assert all(finding.remedy for finding in wrong)
