"""Issuing and verifying `download+jwt`: both on the hot path, so no query and no JOSE library in either."""

from typing import Final

from django.conf import settings

from releaseconsole.kernel import randomness
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.mac_tokens import MACVerifier
from releaseconsole.kernel.jose.signing import TokenSigner
from signing.domain.download_token import (
    DOWNLOAD_TOKEN,
    DownloadClaims,
    download_claims_encode,
    download_claims_read,
)
from signing.domain.lifecycle import PUBLISHED_STATES, KeyPurpose
from signing.errors import KeyUnavailableError
from signing.models import SigningKey
from signing.selectors import active_key
from signing.services.loading import private_key_open
from signing.services.rules import signs_until_epoch
from signing.services.usage import key_issues


class DownloadTokens:
    """Issues and verifies download tokens; loaded once per process, safe to share between threads."""

    __slots__ = ("_issuer", "_lifetime", "_signer", "_signs_until", "_use", "_verifier")

    def __init__(
        self, *, issuer: str, lifetime: int, signer: TokenSigner, signs_until: int, verifier: MACVerifier
    ) -> None:
        self._issuer: Final = issuer
        self._lifetime: Final = lifetime
        self._signer: Final = signer
        self._signs_until: Final = signs_until
        self._use: Final = key_issues(signer.kid)
        self._verifier: Final = verifier

    def issue(self, *, device_id: str, app_id: str, sha256: str, now_epoch: int) -> str:
        """Allow one device to fetch one bundle for the life of a token.

        Raises:
            KeyUnavailableError: The key has come to its end.
        """
        if now_epoch >= self._signs_until:
            raise KeyUnavailableError("The key of download tokens has come to its end.")
        self._use.note()
        return self._signer.sign(
            download_claims_encode(
                issuer=self._issuer,
                app_id=app_id,
                device_id=device_id,
                sha256=sha256,
                issued=now_epoch,
                lifetime=self._lifetime,
                jti=randomness.token_id(),
            )
        )

    def verify(self, token: str, *, now_epoch: int) -> DownloadClaims:
        """Return what the token allows; that the URL asks for just that is the caller's to compare.

        Raises:
            TokenRefusedError: This server didn't issue it for a download.
            TokenExpiredError: It did, but the time is over.
        """
        return download_claims_read(self._verifier.open(token), issuer=self._issuer, now=now_epoch)


def download_tokens() -> DownloadTokens:
    """Load the console's download-token keys: the active one signs; it, the one before and the next verify.

    The next one too, because other processes hear of a rotation a few seconds before or after this one.

    Raises:
        KeyUnavailableError: There is none to sign with, or one can't be opened.
    """
    active = active_key(purpose=KeyPurpose.DOWNLOAD_TOKEN)
    rows = SigningKey.objects.filter(
        purpose=KeyPurpose.DOWNLOAD_TOKEN, state__in=PUBLISHED_STATES, private_destroyed_at=None
    )
    keys = {row.key_id: _hmac_key(row) for row in rows}
    typ, signing = DOWNLOAD_TOKEN.typ, keys[active.key_id]
    return DownloadTokens(
        issuer=settings.PUBLIC_URL,
        lifetime=settings.TOKEN_LIFETIME,
        signer=TokenSigner(kid=active.key_id, algorithm=signing.algorithm, typ=typ, sign=signing.sign),
        signs_until=signs_until_epoch(active),
        verifier=MACVerifier(typ=typ, keys=keys.items()),
    )


def _hmac_key(row: SigningKey) -> HS256Key:
    key = private_key_open(row)
    if not isinstance(key, HS256Key):
        raise KeyUnavailableError(f"Key {row.key_id} isn't an HMAC key.")
    return key
