"""A SoftHSM2 with an empty token, as the HSM of the tests."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.softhsm import softhsm_find

TOKEN, PIN, OFFICER_PIN = "console", "1234-5678", "8765-4321"


@dataclass(frozen=True)
class SoftHSM:
    module: str
    token: str
    pin: str


def softhsm_make(directory: Path) -> SoftHSM:
    """Set one up; its library reads SOFTHSM2_CONF once, so one serves a whole process."""
    module = softhsm_find()
    if module is None:
        pytest.fail("SoftHSM2 is missing; run: python -m tools.softhsm")
    tokens = directory / "tokens"
    tokens.mkdir()
    configuration = directory / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", OFFICER_PIN],
        check=True,
        capture_output=True,
    )
    return SoftHSM(str(module), TOKEN, PIN)
