"""Settings of privacy requests that can't be right stop the start, and name the variable."""

import os
import subprocess
import sys

import pytest

from tests.support.console import ROOT


def start(**variables: str) -> str:
    """What a process that reads these settings says on its way out; nothing if it's content."""
    ran = subprocess.run(
        [sys.executable, "-c", "import releaseconsole.settings"],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stderr.strip().splitlines()[-1] if ran.returncode else ""


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        pytest.param(
            {"PRIVACY_TIME_ZONE": "Europe/Zurich", "PRIVACY_HOLIDAYS": "2026-12-25,2027-01-01"},
            "",
            id="right",
        ),
        pytest.param({"PRIVACY_TIME_ZONE": "Mars"}, "PRIVACY_TIME_ZONE is no time zone: 'Mars'", id="zone"),
        pytest.param({"PRIVACY_HOLIDAYS": "25.12.2026"}, "PRIVACY_HOLIDAYS takes days as", id="day"),
    ],
)
def test_what_cannot_be_right_stops_the_start(variables: dict[str, str], said: str) -> None:
    assert said in start(**variables)
    assert bool(start(**variables)) is bool(said)
