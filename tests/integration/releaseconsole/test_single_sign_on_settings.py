"""Settings of single sign-on that can't be right stop the start, and name the variable."""

import os
import subprocess
import sys

import pytest

from tests.support.console import ROOT

PROVIDER = {
    "OIDC_ISSUER": "https://id.example.com",
    "OIDC_CLIENT_ID": "console",
    "OIDC_CLIENT_SECRET": "secret",
}


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


def test_a_provider_with_its_client_is_taken() -> None:
    assert start(**PROVIDER, OIDC_ROLE_GROUPS="qa=approver,shipping=release_manager") == ""


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        pytest.param({"OIDC_ISSUER": "http://id.example.com"}, "OIDC_ISSUER must be an https", id="http"),
        pytest.param(
            {"OIDC_CLIENT_SECRET": ""}, "needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET", id="no-secret"
        ),
        pytest.param({"OIDC_SCOPES": "email"}, "OIDC_SCOPES must have openid", id="no-openid"),
        pytest.param({"OIDC_JIT": "1"}, "OIDC_JIT needs OIDC_ALLOWED_DOMAINS", id="everybody"),
        pytest.param({"OIDC_ROLE_GROUPS": "qa=boss"}, "OIDC_ROLE_GROUPS: 'qa=boss' isn't", id="no-such-role"),
        pytest.param(
            {"OIDC_ROLE_GROUPS": "ops=administrator"}, "isn't given by a group", id="privileged-by-group"
        ),
    ],
)
def test_what_cannot_be_right_stops_the_start(variables: dict[str, str], said: str) -> None:
    assert said in start(**(PROVIDER | variables))
