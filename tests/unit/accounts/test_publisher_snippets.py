"""What is pasted into a CI's file: YAML that says what was meant, with a script that a shell can read."""

import subprocess
from typing import Any

import pytest
import yaml

from accounts.domain.publisher_snippets import publisher_snippet
from accounts.domain.publishers import PublisherTerms
from tests.support.ci import GITHUB_TERMS, GITLAB_TERMS, terms_with

CONSOLE = "https://updates.example.com"
APP = "com.example.clinic"


def parsed(terms: PublisherTerms) -> dict[str, Any]:
    snippet = publisher_snippet(terms, app_id=APP, console_url=CONSOLE)
    assert snippet.startswith(f"# In {terms.workflow_path}\n")
    document: dict[str, Any] = yaml.safe_load(snippet)
    return document


def assert_is_shell(script: str) -> None:
    checked = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("environment", ["", "production", "it's: a #1"])
@pytest.mark.parametrize("channels", [(), ("production",)])
def test_github(environment: str, channels: tuple[str, ...]) -> None:
    document = parsed(terms_with(GITHUB_TERMS, environment=environment, channels=channels))
    assert document["permissions"] == {"contents": "read", "id-token": "write"}
    job = document["jobs"]["release"]
    assert job.get("environment", "") == environment
    step = job["steps"][-1]
    assert step["env"] == {"CONSOLE": CONSOLE, "APP_ID": APP}
    assert_is_shell(step["run"])
    assert ("/channels/production/releases" in step["run"]) == bool(channels)


@pytest.mark.parametrize("environment", ["", "production", "it's: a #1"])
@pytest.mark.parametrize("channels", [(), ("production",)])
def test_gitlab(environment: str, channels: tuple[str, ...]) -> None:
    job = parsed(terms_with(GITLAB_TERMS, environment=environment, channels=channels))["release"]
    assert job["id_tokens"] == {"RC_ID_TOKEN": {"aud": CONSOLE}}
    assert job["variables"] == {"CONSOLE": CONSOLE, "APP_ID": APP}
    assert job.get("environment", "") == environment
    assert_is_shell(job["script"][-1])
    assert ("/channels/production/releases" in job["script"][-1]) == bool(channels)
