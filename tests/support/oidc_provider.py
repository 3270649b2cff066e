"""A real OpenID provider in a process of its own, and a person's browser in front of it."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from releaseconsole.supervisor.parent_death import die_with_parent
from tests.support.javascript import ROOT, node_command

CLIENT_ID: Final = "release-console"
CLIENT_SECRET: Final = "a secret that exists in tests only, long enough"
_HOPS: Final = 12


@dataclass(frozen=True, slots=True)
class Provider:
    """The running provider, to be given orders."""

    issuer: str

    def order(self, order: str, **rest: Any) -> dict[str, Any]:
        answer = httpx.post(f"{self.issuer}/_order", json={"order": order, **rest}, timeout=60)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def sign_in_as(
        self, sub: str, *, acr: str | None = None, amr: list[str] | None = None, **claims: Any
    ) -> None:
        """Let the next browser be this account's, the only one there is."""
        everything = {"email": f"{sub}@example.com", "email_verified": True, "name": sub.title(), **claims}
        account = {"claims": everything, "acr": acr, "amr": amr}
        self.order("set", accounts={sub: account}, signing_in=sub)

    def forge(self, **how: Any) -> None:
        """Change the ID tokens it hands out from now on."""
        self.order("set", forge=how)

    def signed(self, claims: dict[str, Any], **how: Any) -> str:
        return str(self.order("sign", claims=claims, **how)["token"])

    def logout_token(self, sub: str, sid: str) -> str:
        return str(self.order("logout", sub=sub, sid=sid)["token"])

    def visit(self, address: str, until: str, browser: httpx.Client | None = None) -> dict[str, str]:
        """Follow the provider's redirects as a browser would, and return what comes back to `until`."""
        client = browser or httpx.Client(timeout=60)
        for _ in range(_HOPS):
            answer = client.get(address)
            if not answer.is_redirect:
                raise AssertionError(f"{answer.status_code} at {address}: {answer.text[:500]}")
            address = str(answer.url.join(answer.headers["Location"]))
            if address.startswith(until):
                if browser is None:
                    client.close()
                return dict(parse_qsl(urlsplit(address).query))
        raise AssertionError(f"it never came back, and is at {address}")


@contextmanager
def provider_started() -> Iterator[Provider]:
    """Start the provider; its client is a console at the address that the tests' settings have."""
    if not (ROOT / "node_modules" / "oidc-provider").is_dir():
        pytest.fail("node_modules/oidc-provider is missing; run: npm ci")
    client = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uris": ["http://localhost:8000/console/sso/callback/"],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid email profile groups offline_access",
        "backchannel_logout_uri": "http://localhost:8000/console/sso/logout/",
        "backchannel_logout_session_required": True,
    }
    script = ROOT / "tests" / "support" / "oidc_provider.mjs"
    process = subprocess.Popen(
        [*node_command(), "--no-warnings", str(script), json.dumps({"clients": [client]})],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=die_with_parent,
    )
    try:
        if process.stdout is None:
            raise AssertionError
        yield Provider(json.loads(process.stdout.readline())["issuer"])
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
