"""The provider's ID tokens and logout tokens: verified by the console's own kernel, or refused."""

from typing import Any, Final

from django.conf import settings

from accounts.domain.provider_claims import Asked, LoggedOut, id_token_claims_check, logout_claims_read
from accounts.errors import IssuerUnavailableError, ProviderUnavailableError, SingleSignOnError
from accounts.services.issuer_keys import issuer_token_verify
from accounts.services.provider import Tokens, provider_issuer, single_sign_on_is_configured
from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.foreign import UNTYPED, ForeignExpected

# What comes straight from the token endpoint is new; a day is what the most generous providers give it.
_LONGEST_AGE: Final = 600
_LONGEST_LIFE: Final = 86_400
# Providers from before the final specification leave the type out; the claims tell the two apart as well.
_ID_TOKEN_TYPES: Final = frozenset({UNTYPED, "jwt"})
_LOGOUT_TYPES: Final = frozenset({UNTYPED, "jwt", "logout+jwt"})


def id_token_verify(*, tokens: Tokens, asked: Asked) -> dict[str, Any]:
    """Verify the ID token as the answer to what was asked, and return its claims.

    Raises:
        SingleSignOnError: Anything is wrong with it.
        ProviderUnavailableError: The provider's keys can't be had.
    """
    claims = _verified(tokens.id_token, _ID_TOKEN_TYPES)
    now = int(clock.epoch_seconds())
    id_token_claims_check(claims, asked=asked, access_token=tokens.access_token, now=now)
    return claims


def logout_token_verify(*, token: str) -> LoggedOut:
    """Verify a logout token; that it's good once is the caller's to see to.

    Raises:
        SingleSignOnError: Anything is wrong with it.
        ProviderUnavailableError: The provider's keys can't be had.
    """
    return logout_claims_read(_verified(token, _LOGOUT_TYPES))


def _verified(token: str, types: frozenset[str]) -> dict[str, Any]:
    if not single_sign_on_is_configured():
        raise SingleSignOnError("iss: there is no provider")
    expected = ForeignExpected(
        issuer=settings.OIDC_ISSUER,
        audience=settings.OIDC_CLIENT_ID,
        types=types,
        longest_age=_LONGEST_AGE,
        longest_life=_LONGEST_LIFE,
    )
    try:
        return issuer_token_verify(token=token, issuer=provider_issuer(), expected=expected)
    except TokenRefusedError as exc:
        raise SingleSignOnError(exc.reason) from exc
    except IssuerUnavailableError as exc:
        raise ProviderUnavailableError(f"keys: {exc.reason}") from exc
