"""Requests to the identity provider: bounded in time and size, and never led elsewhere by a redirect.

Authlib's client speaks the protocol; what it sends goes through `ProviderSession`, so that no answer of the
provider, and nobody in between, can keep a web process busy or fill its memory.
"""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from authlib.oauth2.auth import ClientAuth

from accounts.domain.provider_document import address_is_safe
from accounts.errors import ProviderUnavailableError
from releaseconsole.kernel import clock

_EACH_WAIT: Final = 5.0
_ALL_IN_ALL: Final = 15.0
_MOST_BYTES: Final = 256 * 1024


def provider_request(
    method: str, address: str, *, headers: Mapping[str, str] | None = None, body: str = ""
) -> httpx.Response:
    """Send one request and return the whole answer, whatever its status.

    Raises:
        ProviderUnavailableError: No answer, one that is too slow or too long, or an address that isn't safe.
    """
    if not address_is_safe(address):
        raise ProviderUnavailableError("request: not to an https address")
    deadline = clock.monotonic() + _ALL_IN_ALL
    try:
        with (
            httpx.Client(timeout=_EACH_WAIT, follow_redirects=False) as client,
            client.stream(method, address, headers=dict(headers or {}), content=body or None) as answer,
        ):
            content = b""
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > _MOST_BYTES or clock.monotonic() > deadline:
                    raise ProviderUnavailableError("answer: too long, or too slow")
    except httpx.HTTPError as exc:
        raise ProviderUnavailableError(f"request: {type(exc).__name__}") from exc
    return httpx.Response(answer.status_code, content=content, request=answer.request)


def provider_object(answer: httpx.Response) -> dict[str, Any]:
    """Return the JSON object that a good answer holds.

    Raises:
        ProviderUnavailableError: Another status, or something else than an object.
    """
    if answer.status_code != httpx.codes.OK:
        raise ProviderUnavailableError(f"answer: status {answer.status_code}")
    try:
        value = json.loads(answer.content)
    except (ValueError, RecursionError) as exc:
        raise ProviderUnavailableError("answer: not JSON") from exc
    if not isinstance(value, dict):
        raise ProviderUnavailableError("answer: no JSON object")
    return value


class ProviderSession:
    """What Authlib's client sends with."""

    def post(
        self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: ClientAuth
    ) -> httpx.Response:
        """Send a form, with the client's own proof in it."""
        # A copy: Authlib hands out its own table of default headers, and the secret would stay in it.
        address, proven, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return provider_request("POST", address, headers=proven, body=body)
