"""A security key that Chromium pretends to have (CDP, WebAuthn domain)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page


@contextmanager
def virtual_key(page: Page, **changed: Any) -> Iterator[str]:
    """Plug one in: it has room for passkeys, checks its holder, and is touched at once."""
    devtools = page.context.new_cdp_session(page)
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "usb",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.enable")
    answer = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options | changed})
    yield str(answer["authenticatorId"])
    devtools.send("WebAuthn.disable")
    devtools.detach()
