"""Whether the web server answers; asked over HTTP like anybody else would, past any configured proxy."""

import json
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any, Final

# Without a usable key nothing is signed, but downloads, public keys and the pages on which one finds out go
# on; a console that wouldn't start while its HSM is away would take those along.
_MAY_COME_LATER: Final = frozenset({"key", "trust"})


def web_answers(host: str, port: int) -> bool:
    """Whether a web process is up, and everything behind it is ready that it needs to serve at all."""
    status, _ = _get(host, port, "/healthz")
    return status == HTTPStatus.OK and not set(web_failures(host, port)) - _MAY_COME_LATER


def web_failures(host: str, port: int) -> list[str]:
    """Name the parts that aren't ready; `web` if it doesn't answer."""
    _, body = _get(host, port, "/readyz")
    try:
        parts: dict[str, Any] = json.loads(body)
        return [name for name, standing in parts.items() if standing != "ok"]
    except (ValueError, AttributeError):
        return ["web"]


def _get(host: str, port: int, path: str) -> tuple[int, bytes]:
    with closing(HTTPConnection(host, port, timeout=5)) as connection:
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, HTTPException):
            return 0, b""
