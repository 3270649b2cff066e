"""The identity provider as it is configured: where people are sent, and what it says when it's asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from authlib.oauth2 import OAuth2Client, OAuth2Error
from django.conf import settings
from django.urls import reverse

from accounts.domain.provider_document import ProviderDocument, provider_document_read
from accounts.errors import (
    GrantWithdrawnError,
    IssuerUnavailableError,
    ProviderUnavailableError,
    SingleSignOnError,
)
from accounts.services.issuer_keys import TrustedIssuer, issuer_metadata
from accounts.services.provider_http import ProviderSession, provider_object, provider_request

# RFC 6749, section 5.2: the provider doesn't stand by what it granted (any more).
_WITHDRAWN: Final = "invalid_grant"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint hands out; all of it is secret.

    Attributes:
        id_token: To be verified; empty after a refresh, where the provider may leave it out.
        access_token: For the userinfo endpoint.
        refresh_token: For asking again later; empty if there is none.
    """

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


def single_sign_on_is_configured() -> bool:
    """Whether people may sign in at a provider at all."""
    return bool(settings.OIDC_ISSUER)


def asks_offline_access() -> bool:
    """Whether refresh tokens outlive a session at the provider; only then their end means something."""
    return "offline_access" in settings.OIDC_SCOPES.split()


def redirect_uri() -> str:
    """Where the provider sends people back to: registered there, and the same in both requests."""
    return f"{settings.PUBLIC_URL}{reverse('accounts:sso-callback')}"


def provider_issuer() -> TrustedIssuer:
    """Return the provider as an issuer whose keys are trusted, because the operator names it."""
    return TrustedIssuer(url=settings.OIDC_ISSUER, key_hosts=frozenset(settings.OIDC_KEY_HOSTS))


def provider_document() -> ProviderDocument:
    """Return the provider's document, fetched or remembered.

    Raises:
        ProviderUnavailableError: There is no provider, it doesn't answer, or what it says can't be used.
    """
    if not single_sign_on_is_configured():
        raise ProviderUnavailableError("there is none")
    try:
        members = issuer_metadata(issuer=provider_issuer())
    except IssuerUnavailableError as exc:
        raise ProviderUnavailableError(f"document: {exc.reason}") from exc
    return provider_document_read(members, issuer=settings.OIDC_ISSUER)


def authorization_address(*, state: str, nonce: str, verifier: str, extra: Mapping[str, str]) -> str:
    """Return the address to send a person to.

    Raises:
        ProviderUnavailableError: The provider's document can't be had.
    """
    document = provider_document()
    address, _ = _client(document).create_authorization_url(
        document.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier, **extra
    )
    return str(address)


def code_exchange(*, code: str, verifier: str) -> Tokens:
    """Turn a code into tokens, once.

    Raises:
        GrantWithdrawnError: The code isn't good (any more), or not with this verifier.
        ProviderUnavailableError: The provider doesn't answer as it must.
    """
    document = provider_document()
    return _tokens(
        lambda: _client(document).fetch_token(
            document.token_endpoint, grant_type="authorization_code", code=code, code_verifier=verifier
        )
    )


def tokens_refresh(*, refresh_token: str) -> Tokens:
    """Ask whether the provider still stands by somebody.

    Raises:
        GrantWithdrawnError: It doesn't.
        ProviderUnavailableError: The provider doesn't answer as it must: that says nothing about them.
    """
    document = provider_document()
    client = _client(document)
    client.scope = None  # the same as before, whatever was granted then (RFC 6749, section 6)
    return _tokens(lambda: client.refresh_token(document.token_endpoint, refresh_token=refresh_token))


def userinfo(*, access_token: str, subject: str) -> dict[str, Any]:
    """Return what the provider tells about the person; nothing if it has no such endpoint.

    Raises:
        GrantWithdrawnError: The token isn't good any more, although it's new.
        SingleSignOnError: It tells about somebody else (OpenID Connect Core 1.0, section 5.3.2).
        ProviderUnavailableError: The provider doesn't answer as it must.
    """
    document = provider_document()
    if not document.userinfo_endpoint:
        return {}
    headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
    answer = provider_request("GET", document.userinfo_endpoint, headers=headers)
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise GrantWithdrawnError("userinfo: 401")
    claims = provider_object(answer)
    if claims.get("sub") != subject:
        raise SingleSignOnError("userinfo: tells about another subject")
    return claims


def _client(document: ProviderDocument) -> OAuth2Client:
    return OAuth2Client(
        ProviderSession(),
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=settings.OIDC_CLIENT_SECRET,
        token_endpoint_auth_method="client_secret_post" if document.secret_in_body else "client_secret_basic",
        scope=settings.OIDC_SCOPES,
        redirect_uri=redirect_uri(),
        code_challenge_method="S256",
    )


def _tokens(ask: Callable[[], Mapping[str, Any]]) -> Tokens:
    try:
        told = ask()
    except OAuth2Error as exc:
        if exc.error == _WITHDRAWN:
            raise GrantWithdrawnError("token endpoint: invalid_grant") from exc
        raise ProviderUnavailableError(f"token endpoint: {exc.error}") from exc
    except (httpx.HTTPError, ValueError) as exc:
        raise ProviderUnavailableError("token endpoint: no usable answer") from exc
    found = {name: told.get(name) or "" for name in ("id_token", "access_token", "refresh_token")}
    if not all(isinstance(value, str) for value in found.values()):
        raise ProviderUnavailableError("token endpoint: tokens that are no text")
    return Tokens(**found)
