"""What became of a version on a device, event by event."""

import pytest

from updates.domain.outcomes import (
    FAILURES,
    SUCCESSES,
    Outcome,
    VersionOutcome,
    outcome_after,
    outcome_of,
)


def outcome(*actions: str, seconds: int = 5) -> str:
    """Tell actions one after the other; returns the outcome, with its reason if it failed."""
    current: VersionOutcome | None = None
    for step, action in enumerate(actions):
        told = outcome_of(action, "8.51.23")
        if told is not None:
            current = outcome_after(current, action=action, outcome=told, at_ms=step * seconds * 1000)
    assert current is not None
    return current.reason or current.outcome.value


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        pytest.param(["set"], "installed", id="it runs"),
        pytest.param(["set", "app_launch_ready"], "installed", id="it runs and says so"),
        pytest.param(["set", "update_fail"], "update_fail", id="taken back by the plugin"),
        pytest.param(["app_launch_ready", "update_fail"], "update_fail", id="taken back at a later start"),
        pytest.param(["set_fail"], "set_fail", id="could not be set"),
        pytest.param(["checksum_fail"], "checksum_fail", id="wrong bytes"),
        pytest.param(["checksum_fail", "download_fail"], "checksum_fail", id="the cause, not its echo"),
        pytest.param(
            ["checksum_fail", "finish_download_fail", "download_fail"], "checksum_fail", id="two echoes"
        ),
        pytest.param(["download_fail", "unzip_fail"], "unzip_fail", id="a cause replaces the generic reason"),
        pytest.param(["download_fail", "set"], "installed", id="a second attempt worked"),
        pytest.param(
            ["update_fail", "set", "app_launch_ready"], "installed", id="offered again, and it runs"
        ),
        pytest.param(["update_fail", "checksum_fail"], "update_fail", id="no failed download hides it"),
        pytest.param(["set_fail", "update_fail"], "update_fail", id="taken back once more"),
        pytest.param(["set", "download_fail"], "installed", id="a failed check under the running version"),
        pytest.param(["set", "checksum_fail"], "installed", id="fetched once more for nothing"),
    ],
)
def test_the_outcome_follows_the_events(actions: list[str], expected: str) -> None:
    assert outcome(*actions) == expected


def test_a_generic_failure_long_after_is_a_failure_of_its_own() -> None:
    assert outcome("checksum_fail", "download_fail", seconds=3600) == "download_fail"


def test_an_older_event_decides_nothing() -> None:
    current = VersionOutcome(Outcome.INSTALLED, "", 1000)

    assert outcome_after(current, action="update_fail", outcome=Outcome.FAILED, at_ms=999) is current


@pytest.mark.parametrize(
    ("plugin", "counts"),
    [
        ("5.43.3", False),
        ("6.14.24", False),
        ("6.14.25", True),
        ("7.16.9", False),
        ("7.17.0", True),
        ("8.0.0", True),
        ("10.0.0", True),
        ("", True),
        ("next", True),
    ],
)
def test_download_fail_counts_only_from_plugins_that_mean_it(plugin: str, *, counts: bool) -> None:
    assert (outcome_of("download_fail", plugin) is Outcome.FAILED) is counts


def test_actions_that_say_nothing_about_an_update_have_no_outcome() -> None:
    assert outcome_of("app_crash", "8.51.23") is None
    assert not SUCCESSES & FAILURES
