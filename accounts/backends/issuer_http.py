"""Fetching a document that an issuer publishes, as if the issuer, or whoever answers for it, meant harm.

- How it's connected to, and to which addresses, is `accounts.backends.guarded_connection`'s.
- No redirect is followed, no proxy asked, no cookie or credential sent.
- A limit of bytes, counted as they come, uncompressed.
- It must say that it is JSON. What the JSON says is the caller's to check.
"""

import re
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpcore
import httpx

from accounts.backends.guarded_connection import GuardedBackend, address_check
from accounts.errors import AddressRefusedError, IssuerUnavailableError
from releaseconsole.kernel import clock

SECONDS: Final = 5.0
MOST_BYTES: Final = 256 * 1024
_HTTP_OK: Final = 200
_MEDIA_TYPE: Final = re.compile(rb"application/(?:[a-z0-9.+-]+\+)?json\s*(?:;|\Z)", re.IGNORECASE)
_MAX_AGE: Final = re.compile(rb"(?:\A|[\s,])max-age=\"?(\d{1,9})", re.IGNORECASE)
_HEADERS: Final = [
    (b"Accept", b"application/json"),
    (b"Accept-Encoding", b"identity"),
    (b"User-Agent", b"release-console"),
]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document, and for how many seconds its publisher says that it is fresh (None: doesn't say)."""

    body: bytes
    max_age: int | None


def url_check(url: str, *, private_hosts: Collection[str]) -> str:
    """Check an address of an issuer before anything is done with it; gives its host and port.

    Raises:
        IssuerUnavailableError: It isn't one that is ever asked.
    """
    try:
        return address_check(url, private_hosts=private_hosts)
    except AddressRefusedError as exc:
        raise IssuerUnavailableError(exc.reason) from exc


def document_fetch(
    url: str,
    *,
    private_hosts: Collection[str],
    seconds: float = SECONDS,
    most_bytes: int = MOST_BYTES,
) -> Fetched:
    """Fetch a JSON document.

    Args:
        url: Where; of an issuer that is trusted.
        private_hosts: Hosts that may be inside the own network, by name.
        seconds: For connecting and all of the answer together.
        most_bytes: Of its body.

    Raises:
        IssuerUnavailableError: No such answer came; `reason` says why, for the log.
    """
    url_check(url, private_hosts=private_hosts)
    backend = GuardedBackend(clock.monotonic() + seconds, private_hosts)
    try:
        with (
            httpcore.ConnectionPool(ssl_context=httpx.create_ssl_context(), network_backend=backend) as pool,
            pool.stream("GET", url, headers=_HEADERS) as response,
        ):
            return Fetched(_body(response, most_bytes), _max_age(response))
    except AddressRefusedError as exc:
        raise IssuerUnavailableError(exc.reason) from exc
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as exc:
        raise IssuerUnavailableError(f"{type(exc).__name__} from {urlsplit(url).hostname}") from exc
    except (OSError, ssl.SSLError, UnicodeError) as exc:  # a name that can't be resolved or spelled
        raise IssuerUnavailableError(f"{type(exc).__name__} from {urlsplit(url).hostname}") from exc


def _body(response: httpcore.Response, most_bytes: int) -> bytes:
    headers = {name.lower(): value for name, value in response.headers}
    if response.status != _HTTP_OK:
        raise IssuerUnavailableError(f"status {response.status}")
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise IssuerUnavailableError("a compressed answer")
    if not _MEDIA_TYPE.match(headers.get(b"content-type", b"")):
        raise IssuerUnavailableError("an answer that isn't JSON")
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > most_bytes:
            raise IssuerUnavailableError(f"more than {most_bytes} bytes")
    return bytes(body)


def _max_age(response: httpcore.Response) -> int | None:
    control = b",".join(value for name, value in response.headers if name.lower() == b"cache-control")
    match = _MAX_AGE.search(control)
    return int(match[1]) if match else None
