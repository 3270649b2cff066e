"""Looking at the console's own public address from outside: which TLS it speaks, and whether it must."""

import http.client
import socket
import ssl
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_SECONDS: Final = 5.0
_MOVED: Final = range(300, 400)


@dataclass(frozen=True, slots=True)
class TLSFound:
    """What a client is offered.

    Attributes:
        version: Such as TLSv1.3; empty: no connection.
        cipher: As OpenSSL names it.
        error: Why there's no connection.
        ends: When the certificate does, as it says.
        hsts: The header, empty if there's none.
        takes_old: Whether a handshake of TLS 1.1 or older succeeded.
        clear: What plain HTTP answers: a status, or why there's none.
        refuses_clear: No connection, or it's sent to TLS on this host. An error page came in clear as well.
    """

    version: str = ""
    cipher: str = ""
    error: str = ""
    ends: str = ""
    hsts: str = ""
    takes_old: bool = False
    clear: str = ""
    refuses_clear: bool = False


def tls_probe(*, host: str, port: int, clear_port: int) -> TLSFound:
    """Connect as a browser would, as an old client would, and without TLS."""
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), timeout=_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as wrapped,
        ):
            version, cipher = wrapped.version() or "", (wrapped.cipher() or ("",))[0]
            ends = str((wrapped.getpeercert() or {}).get("notAfter", ""))
    except OSError as exc:
        return TLSFound(error=f"{type(exc).__name__}: {exc}"[:200])
    clear, refuses_clear = _clear(host, clear_port)
    return TLSFound(
        version=version,
        cipher=cipher,
        ends=ends,
        hsts=_hsts(host, port, context),
        takes_old=_takes_old(host, port),
        clear=clear,
        refuses_clear=refuses_clear,
    )


def _takes_old(host: str, port: int) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Nothing is sent over this connection: it asks only whether such a one could be made.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with suppress(ValueError, ssl.SSLError):
        context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it's out of date is the point
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    try:
        with (
            socket.create_connection((host, port), timeout=_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return True
    except OSError:
        return False


def _hsts(host: str, port: int, context: ssl.SSLContext) -> str:
    connection = http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=context)
    try:
        connection.request("GET", "/console/login/")
        return connection.getresponse().getheader("Strict-Transport-Security") or ""
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()


def _clear(host: str, port: int) -> tuple[str, bool]:
    connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    try:
        connection.request("GET", "/console/login/")
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException) as exc:
        return f"refused ({type(exc).__name__})", True
    finally:
        connection.close()
    place = urlsplit(answer.getheader("Location") or "")
    is_sent_to_tls = answer.status in _MOVED and (place.scheme, place.hostname) == ("https", host)
    return f"answers {answer.status}", is_sent_to_tls
