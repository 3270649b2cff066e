"""What a publisher's page shows, run as a CI would, with curl and jq, against the real console."""

import html
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo.bundle import build
from tests.simulator.capgo import CapgoDevice
from tests.support.ci import github_claims
from tests.support.console import RunningConsole, console_started, wait_until
from tests.support.issuer import RunningIssuer, issuer_started, saying
from tests.support.operator import Operator, hidden, totp

APP = "com.example.clinic"


@pytest.fixture(scope="module")
def issuer() -> Iterator[RunningIssuer]:
    with issuer_started() as running:
        yield running


@pytest.fixture(scope="module")
def console(issuer: RunningIssuer) -> Iterator[RunningConsole]:
    settings = {
        "TRUSTED_PUBLISHING_ISSUERS": f"github={issuer.url}",
        "ISSUER_PRIVATE_HOSTS": "127.0.0.1",
        "EXCHANGES_PER_MINUTE": "600",  # one test asks again until the console may look for new keys
    }
    with console_started(**settings) as running:
        yield running


@pytest.fixture(scope="module")
def operator(console: RunningConsole) -> Iterator[Operator]:
    with Operator(console.base_url) as operator:
        operator.set_up(console.setup_url)
        operator.submit("/console/apps/new/", app_id=APP, name="Clinic", platforms=["android", "ios"])
        channel: dict[str, Any] = {"name": "production", "platforms": ["android", "ios"], "public": "on"}
        operator.submit(f"/console/apps/{APP}/channels/new/", **channel)
        yield operator


def registered(operator: Operator, kind: str, **terms: str) -> dict[str, Any]:
    """Register a publisher with the console's form, and read what its page shows."""
    path = f"/console/apps/{APP}/publishers/{kind}/register/"
    page = operator.http.get(path, params={**terms, "channels": "production"})
    code = {"code": totp(operator.totp_secret, step=1)}
    data = hidden(page.text) | code
    answer = operator.http.post(str(page.url), data=data, headers={"Origin": operator.base_url})
    assert answer.history, answer.text
    shown = re.search(r"<pre[^>]*>(.*?)</pre>", answer.text, re.DOTALL)
    assert shown is not None
    document: dict[str, Any] = yaml.safe_load(html.unescape(shown[1]))
    return document


def run(script: str, folder: Path, version: str, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "www.zip").write_bytes(build(version))
    (folder / "package.json").write_text(json.dumps({"version": version}))
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_a_job_uploads_and_publishes_and_a_phone_gets_it(
    console: RunningConsole, operator: Operator, issuer: RunningIssuer, tmp_path: Path
) -> None:
    terms = {"issuer": issuer.url, "owner": "clinic", "repository": "app", "workflow": "release.yml"}
    job = registered(operator, "github", **terms, environment="production")["jobs"]["release"]
    step = job["steps"][-1]
    # GitHub's runner offers the job a token for the audience that it asks for.
    token = issuer.token(github_claims(aud=step["env"]["CONSOLE"], environment=job["environment"]))
    asked = f"/token?api-version=2.0&audience={console.base_url}"
    issuer.misbehaviours[asked] = saying(json.dumps({"value": token}).encode())
    variables = {
        **step["env"],
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{issuer.url}/token?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-the-runner",
    }
    done = run(step["run"], tmp_path, "3.0.0", **variables)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("::add-mask::rc_")
    phone = CapgoDevice(operator.http, APP)
    wait_until(lambda: phone.told() == "3.0.0", "the phone is offered it")

    again = run(step["run"], tmp_path, "3.0.1", **variables)  # with the same token
    assert again.returncode != 0
    assert "403" in again.stderr
    assert "rc_" not in console.output
    assert token not in console.output

    # The issuer, a process of its own, signs with another key now. The console looks for unknown ones once a
    # minute, whoever asks how often, so this takes up to one.
    issuer.rotate()
    claims = github_claims(aud=step["env"]["CONSOLE"], environment=job["environment"], jti="the-next-run")
    renewed = issuer.token(claims)
    issuer.misbehaviours[asked] = saying(json.dumps({"value": renewed}).encode())
    wait_until(
        lambda: run(step["run"], tmp_path, "3.0.2", **variables).returncode == 0, "the new key is found"
    )
    wait_until(lambda: phone.told() == "3.0.2", "the phone is offered it")
