"""Whence a request comes: the address that a trusted proxy saw, and the network that counts as one place."""

import ipaddress
from typing import Final

# One customer has a whole /64 (RFC 6177); a count by single addresses would have no end.
_IPV6_PREFIX: Final = 64


def client_address(*, peer: str, forwarded_for: str, proxies: int) -> str:
    """Find the client's address behind so many proxies of one's own.

    Each proxy appends whom it heard from. Only what the declared ones appended is believed: everything to the
    left is whatever the client sent.

    Args:
        peer: Who is connected to this server.
        forwarded_for: `X-Forwarded-For`. Untrusted.
        proxies: How many proxies stand in front, each of which appends.
    """
    heard = [part.strip() for part in forwarded_for.split(",")] if forwarded_for else []
    if not 0 < proxies <= len(heard):
        return peer
    seen = _address(heard[-proxies])
    return str(seen) if seen else peer


def network_of(address: str) -> str:
    """Name the network that counts as one place: the address itself, with IPv6 its /64."""
    seen = _address(address)
    if seen is None:
        return ""
    if isinstance(seen, ipaddress.IPv6Address) and seen.ipv4_mapped:
        seen = seen.ipv4_mapped
    if isinstance(seen, ipaddress.IPv4Address):
        return str(seen)
    return str(ipaddress.ip_network((seen, _IPV6_PREFIX), strict=False))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
