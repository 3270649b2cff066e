"""Whence a request comes, and what counts as one place."""

import pytest

from accounts.domain.addresses import client_address, network_of

PEER = "10.0.0.5"


@pytest.mark.parametrize(
    ("forwarded", "proxies", "found"),
    [
        pytest.param("203.0.113.9", 0, PEER, id="no-proxy-declared"),
        pytest.param("", 1, PEER, id="proxy-without-header"),
        pytest.param("203.0.113.9", 1, "203.0.113.9", id="one-proxy"),
        pytest.param("6.6.6.6, 203.0.113.9", 1, "203.0.113.9", id="made-up-by-the-client"),
        pytest.param("6.6.6.6, 203.0.113.9, 10.0.0.4", 2, "203.0.113.9", id="two-proxies"),
        pytest.param("203.0.113.9", 2, PEER, id="a-proxy-was-passed-by"),
        pytest.param("not an address", 1, PEER, id="nonsense"),
        pytest.param("2001:db8::1", 1, "2001:db8::1", id="ipv6"),
    ],
)
def test_only_what_ones_own_proxies_appended_is_believed(forwarded: str, proxies: int, found: str) -> None:
    assert client_address(peer=PEER, forwarded_for=forwarded, proxies=proxies) == found


@pytest.mark.parametrize(
    ("address", "network"),
    [
        pytest.param("203.0.113.9", "203.0.113.9", id="ipv4"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", id="ipv6"),
        pytest.param("::ffff:203.0.113.9", "203.0.113.9", id="ipv4-in-ipv6"),
        pytest.param("", "", id="none"),
        pytest.param("unix:", "", id="nonsense"),
    ],
)
def test_a_place_is_an_ipv4_address_or_an_ipv6_network(address: str, network: str) -> None:
    assert network_of(address) == network
