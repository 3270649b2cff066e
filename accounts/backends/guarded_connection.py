"""Connections to addresses that somebody else chose, as if they, or whoever answers, meant harm.

For issuers of tokens and for webhooks: the console must not be a way into the network that it is in.

- `https` only; `http` only for this machine itself (`localhost`, `127.0.0.1`), and only when it's listed.
- The name is resolved here, every address that it has is looked at, and the connection goes to one of those:
  a name that answers differently a moment later (DNS rebinding) leads nowhere else. Addresses that aren't
  public are refused unless the host is listed.
- One deadline for everything after the name's resolution, however slowly the bytes come.

A resolver that hangs isn't covered: it has its own time-outs, of the operating system. Redirects aren't
followed by whoever uses this; a proxy of the environment is never asked.
"""

import socket
import ssl
from collections.abc import Collection, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore

from accounts.errors import AddressRefusedError
from releaseconsole.kernel import clock

_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1"})
_LONGEST_URL: Final = 1024
# RFC 6052 and 8215: an IPv4 address inside one of IPv6; a translator at the network's edge would take it out
# again. Where the second prefix has it is each network's own choice.
_TRANSLATED: Final = ip_network("64:ff9b::/96")
_TRANSLATED_LOCALLY: Final = ip_network("64:ff9b:1::/48")
# RFC 3879: deprecated, and still routed inside of networks that had it. To Python it's global.
_SITE_LOCAL: Final = ip_network("fec0::/10")


def address_check(url: str, *, private_hosts: Collection[str]) -> str:
    """Check an address before anything is done with it; gives its host and port.

    Args:
        url: From a setting, a person, or a document.
        private_hosts: Hosts that may be inside the own network, by name.

    Raises:
        AddressRefusedError: It isn't one that is ever asked.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise AddressRefusedError("not a URL") from exc
    if not host or port == 0 or len(url) > _LONGEST_URL or not url.isascii() or any(c.isspace() for c in url):
        raise AddressRefusedError("not a URL")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefusedError("a URL with a name, a password or a fragment")
    plain = parts.scheme == "http" and host in _THIS_MACHINE and host in private_hosts
    if parts.scheme != "https" and not plain:
        raise AddressRefusedError("not https")
    return f"{host}:{port or (80 if plain else 443)}"


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to addresses that were looked at, within one deadline."""

    def __init__(self, deadline: float, private_hosts: Collection[str]) -> None:
        self._deadline = deadline
        self._private_hosts = private_hosts
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 (its signature; the deadline is what counts)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, check every address, connect to the first one that answers.

        Raises:
            AddressRefusedError: An address is inside some network.
            ConnectError: None answers.
        """
        addresses = _addresses(host, port)
        if host not in self._private_hosts and not all(_is_public(address) for address in addresses):
            raise AddressRefusedError(f"{host} has an address that isn't public")
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            left = _left(self._deadline)
            try:
                stream = self._plain.connect_tcp(str(address), port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                failure = exc
            else:
                return _TimedStream(stream, self._deadline)
        raise failure


class _TimedStream(httpcore.NetworkStream):
    """Reads and writes only until the deadline, however little each of them takes."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 (its signature)
        """Read what is there."""
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 (its signature)
        """Write all of it."""
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        """Close it."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 (its signature)
    ) -> httpcore.NetworkStream:
        """Go on encrypted; the certificate must be the name's, whatever address it was reached at."""
        inner = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _TimedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Tell about the connection, as the pool asks."""
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - clock.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is up")
    return left


def _addresses(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    inner = _inside(address)
    if inner is not None:
        return _is_public(inner)
    if address in _TRANSLATED_LOCALLY or address in _SITE_LOCAL:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _inside(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to, if it is one of those."""
    if isinstance(address, IPv4Address):
        return None
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo
