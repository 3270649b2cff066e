"""A browser's way to the provider and back, through the console's own front door."""

import html
import re
from typing import Any

from django.test import Client
from pytest_django import Settings

from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider

CALLBACK = "/console/sso/callback/"
TWO_FACTORS = "urn:example:two"


def provider_configure(settings: Settings, provider: Provider) -> None:
    """Make this provider the console's."""
    settings.OIDC_ISSUER = provider.issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.OIDC_NAME = "Example ID"
    settings.OIDC_SCOPES = "openid email profile groups offline_access"
    settings.OIDC_AAL2_ACR = [TWO_FACTORS]
    settings.OIDC_AAL2_AMR = ["mfa", "otp", "hwk"]
    settings.ISSUER_PRIVATE_HOSTS = ["localhost"]


def leave_address(answer: Any) -> str:
    """The provider's address on the page that leads to it."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.content.decode())
    assert found, answer.content.decode()
    return html.unescape(found[1])


def set_out(client: Client, wanted: str = "") -> str:
    return leave_address(client.post("/console/sso/start/", {"next": wanted}))


def way_there(provider: Provider, address: str) -> dict[str, str]:
    """Sign in at the provider, and return what it sends the browser back with."""
    return provider.visit(address, f"http://localhost:8000{CALLBACK}")


def come_back(client: Client, answer: dict[str, str]) -> Any:
    return client.get(CALLBACK, answer)


def sign_in(provider: Provider, client: Client, wanted: str = "") -> Any:
    """The whole way."""
    return come_back(client, way_there(provider, set_out(client, wanted)))


def refusal(client: Client, answer: Any) -> str:
    """What the page says to which a refused answer leads back."""
    assert answer.status_code == 302, answer.status_code
    return html.unescape(client.get(answer.headers["Location"], follow=True).content.decode())


def is_inside(client: Client) -> bool:
    return client.get("/console/").status_code == 200
