"""Whether the web server answers; asked over HTTP like anybody else would, past any configured proxy."""

from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException


def web_answers(host: str, port: int) -> bool:
    """Whether a web process is up and everything behind it is ready."""
    return _is_ok(host, port, "/healthz") and _is_ok(host, port, "/readyz")


def _is_ok(host: str, port: int, path: str) -> bool:
    with closing(HTTPConnection(host, port, timeout=5)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
