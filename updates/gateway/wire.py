"""HTTP as the gateway's handlers see it: thin over WSGI, because every check passes through here."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, ClassVar, Final

import msgspec
from django.conf import settings

from releaseconsole.kernel.errors import ConsoleError

CHECK_BODY_LIMIT: Final = 64 * 1024
Headers = list[tuple[str, str]]

_STATUS_LINES: Final = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_JSON: Final = ("Content-Type", "application/json")
_PROBLEM: Final = ("Content-Type", "application/problem+json")
# Answers are about one device at one moment.
_NO_STORE: Final = ("Cache-Control", "no-store")
_encode: Final = msgspec.json.Encoder().encode


class RequestError(ConsoleError):
    """The request itself can't be answered, whatever it asks; `headers` go with the answer."""

    code = "bad_request"
    title = "The request can't be understood."
    status: ClassVar[int] = HTTPStatus.BAD_REQUEST
    headers: Headers = []


class BodyTooLargeError(RequestError):
    """The body is larger than any honest one."""

    code = "body_too_large"
    title = "The request is too large."
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class MethodNotAllowedError(RequestError):
    """This address answers to other methods."""

    code = "method_not_allowed"
    title = "This address doesn't answer to this method."
    status = HTTPStatus.METHOD_NOT_ALLOWED

    def __init__(self, *allowed: str) -> None:
        super().__init__()
        self.headers = [("Allow", ", ".join(allowed))]


class InsecureRequestError(RequestError):
    """It came in clear, and nothing about this app may."""

    code = "tls_required"
    title = "This app is served by TLS only."
    status = HTTPStatus.MISDIRECTED_REQUEST


class Request:
    """One request; nothing is read before a handler asks for it."""

    __slots__ = ("environ", "method", "path")

    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ: Final = environ
        self.method: Final[str] = environ["REQUEST_METHOD"]
        self.path: Final[str] = environ["PATH_INFO"]

    def only(self, *methods: str) -> None:
        """Refuse every other method.

        Raises:
            MethodNotAllowedError: It is another one.
        """
        if self.method not in methods:
            raise MethodNotAllowedError(*methods)

    @property
    def query(self) -> str:
        """The query string, undecoded."""
        return str(self.environ.get("QUERY_STRING", ""))

    def header(self, name: str) -> str:
        """Return a header by its WSGI name (`HTTP_RANGE`); empty if absent."""
        return str(self.environ.get(name, ""))

    @property
    def signals_gpc(self) -> bool:
        """Whether it carries Global Privacy Control: no optional telemetry of this device."""
        return self.header("HTTP_SEC_GPC").strip() == "1"

    @property
    def is_secure(self) -> bool:
        """Whether it came by TLS; only a proxy of the operator's own is believed about that.

        Each of several proxies has to say so: a list may begin with whatever the sender made up.
        """
        if self.environ.get("wsgi.url_scheme") == "https":
            return True
        said = self.header("HTTP_X_FORWARDED_PROTO")
        return settings.TRUSTED_PROXIES > 0 and {each.strip() for each in said.split(",")} == {"https"}

    def body(self, limit: int) -> bytes:
        """Read the body.

        Raises:
            BodyTooLargeError: It has more than `limit` bytes; no more than that was read.
            RequestError: Its announced length isn't a number.
        """
        announced = self.environ.get("CONTENT_LENGTH") or ""
        if announced and not announced.isdecimal():
            raise RequestError("Content-Length isn't a number.")
        length = int(announced[:20]) if announced else limit + 1
        if announced and length > limit:
            raise BodyTooLargeError
        stream = self.environ["wsgi.input"]
        # Where the server ends the input itself, reading all of it is cheaper than counting.
        is_bounded = announced and self.environ.get("wsgi.input_terminated")
        data: bytes = stream.read() if is_bounded else stream.read(length)
        if len(data) > limit:
            raise BodyTooLargeError
        return data


class Response:
    """One answer; `body` is the bytes themselves, or an iterable with `close` that yields them."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes | Iterable[bytes] = b"") -> None:
        self.status: Final = status
        self.headers: Final = headers
        self.body: Final = body

    @property
    def status_line(self) -> str:
        """The status as WSGI wants it."""
        return _STATUS_LINES[self.status]


Handler = Callable[[Request], Response]

_JSON_HEADERS: Final[Headers] = [_JSON, _NO_STORE]
_PROBLEM_HEADERS: Final[Headers] = [_PROBLEM, _NO_STORE]


def json_text(text: str) -> Response:
    """Answer 200 with JSON that is text already."""
    return Response(200, _JSON_HEADERS, text.encode())


def json_value(value: object, *, status: int = 200, headers: Headers | None = None) -> Response:
    """Answer with a value as JSON."""
    return Response(status, [*_JSON_HEADERS, *(headers or ())], _encode(value))


def problem(error: ConsoleError, *, status: int, headers: Headers | None = None) -> Response:
    """Answer with an RFC 9457 problem document that carries the error's stable code."""
    body = {
        "type": "about:blank",
        "title": error.title,
        "status": status,
        "detail": error.message,
        "code": error.code,
    }
    return Response(status, [*_PROBLEM_HEADERS, *(headers or ())], _encode(body))
