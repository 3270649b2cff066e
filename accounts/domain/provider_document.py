"""The provider's own description (OpenID Connect Discovery 1.0), read as strictly as the rest rests on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from accounts.errors import ProviderUnavailableError

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class ProviderDocument:
    """Where the provider does what.

    Attributes:
        issuer: Its name, exactly as configured.
        authorization_endpoint: Where people are sent.
        token_endpoint: Where a code becomes tokens.
        jwks_uri: Where its keys are.
        userinfo_endpoint: Where it tells about a person; may be empty.
        secret_in_body: It takes the client's secret in the body only.
        names_itself: It promises to name itself in each answer (RFC 9207), so that one without is refused.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    secret_in_body: bool
    names_itself: bool


def address_is_safe(address: object) -> bool:
    """Tell whether an address can be trusted with a secret: https, or this machine itself."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if parts.fragment or parts.username or parts.password or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL)


def provider_document_read(document: Mapping[str, object], *, issuer: str) -> ProviderDocument:
    """Take from the document what is used, once it's sure that it's this issuer's and usable.

    Args:
        document: As fetched from below the issuer's address.
        issuer: As configured; compared as a whole, so that no other provider's document passes (section 4.3).

    Raises:
        ProviderUnavailableError: Another issuer, an address that isn't safe, or no code flow with PKCE.
    """
    if document.get("issuer") != issuer:
        raise ProviderUnavailableError("document: of another issuer")
    addresses = {
        name: _address(document, name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    }
    if "code" not in _list(document, "response_types_supported", ["code"]):
        raise ProviderUnavailableError("document: no code flow")
    # A provider that lists no methods may still know PKCE; one that lists others doesn't.
    if "S256" not in _list(document, "code_challenge_methods_supported", ["S256"]):
        raise ProviderUnavailableError("document: no PKCE with S256")
    methods = _list(document, "token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return ProviderDocument(
        issuer=issuer,
        **addresses,
        userinfo_endpoint=_address(document, "userinfo_endpoint")
        if document.get("userinfo_endpoint") is not None
        else "",
        secret_in_body="client_secret_basic" not in methods,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(document: Mapping[str, object], name: str) -> str:
    address = document.get(name)
    if not isinstance(address, str) or not address_is_safe(address):
        raise ProviderUnavailableError(f"document: {name} is no https address")
    return address


def _list(document: Mapping[str, object], name: str, default: list[str]) -> list[object]:
    value = document.get(name, default)
    return list(value) if isinstance(value, list) else []
