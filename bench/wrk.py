"""The load generator: wrk, with a script that makes a device and a nonce for every request."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.servers import Server

MISSING = (
    "wrk isn't installed, so checks can't be measured. "
    "Debian and Ubuntu: apt install wrk; macOS: brew install wrk"
)
V1, CAPGO = "/device/v1/check", "/device/capgo/updates"
_SCRIPT = Path(__file__).with_name("check.lua")
_RESULT = re.compile(r"RESULT ([\d.]+) (\d+) (\d+)")


@dataclass(frozen=True)
class Load:
    """What wrk saw; `cpu_us` is the server's processor time for one request."""

    per_second: float
    p99_ms: float
    errors: int
    cpu_us: float


def is_there() -> bool:
    return shutil.which("wrk") is not None


def load(server: Server, path: str, *, connections: int, seconds: int) -> Load:
    """Ask for checks as fast as they are answered."""
    cpu = server.cpu_seconds()
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "-s", str(_SCRIPT), server.url]
    output = subprocess.run(
        command, env=os.environ | {"BENCH_PATH": path}, check=True, capture_output=True, text=True
    ).stdout
    cpu = server.cpu_seconds() - cpu
    found = _RESULT.search(output)
    if found is None:
        raise RuntimeError(output)
    per_second, p99_us, errors = float(found[1]), int(found[2]), int(found[3])
    return Load(per_second, p99_us / 1000, errors, cpu / max(per_second * seconds, 1) * 1e6)
