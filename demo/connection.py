"""HTTP/1.1 to the console, kept alive: one connection per simulated worker, as plugins and CI jobs would."""

import http.client
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 20


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Read the body as JSON."""
        return json.loads(self.body)


class Connection:
    """A connection to one origin; a connection that the server has closed meanwhile is opened again."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._http = kind(parts.netloc, timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def request(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request; of an absolute URL only path and query count, so it stays on this origin.

        Raises:
            OSError: The console can't be reached.
        """
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        try:
            return self._exchange(method, target, body, headers or {})
        except (http.client.HTTPException, ConnectionError):
            self._http.close()
            return self._exchange(method, target, body, headers or {})

    def post(self, url: str, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
        """Post a value as JSON."""
        kind = {"Content-Type": "application/json"}
        return self.request("POST", url, json.dumps(value).encode(), kind | dict(headers or {}))

    def _exchange(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        self._http.request(method, target, body, dict(headers))
        response = self._http.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
