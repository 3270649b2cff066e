"""Signing and verifying `release+jwt`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from releaseconsole.kernel import randomness
from releaseconsole.kernel.jose.kinds import TokenKind
from releaseconsole.kernel.jose.public_keys import VerificationKey
from releaseconsole.kernel.jose.signing import TokenSigner
from releaseconsole.kernel.jose.verification import Expected, token_verify
from signing.backends import SigningHandle
from signing.backends.local import LocalKeyBackend
from signing.domain.lifecycle import KeyPurpose
from signing.domain.profile import ClaimValue
from signing.domain.release_token import RELEASE_TOKEN, ReleaseClaims, ReleaseFacts
from signing.errors import TokenRefusedError
from signing.selectors import active_key, stored_public_key, verification_keys
from signing.services.loading import private_key_open, private_key_prove
from signing.services.rules import signs_until_epoch


class ReleaseSigner(TokenSigner):
    """Signs release tokens of one app: `sign(claims)` takes what `release_claims` returns.

    Attributes:
        signs_until: Seconds since 1970; from then on the caller must not ask.
        is_elsewhere: Whether another machine holds the key, which may go away at any time.
    """

    __slots__ = ("_key", "_public", "is_elsewhere", "signs_until")

    def __init__(
        self, key: SigningHandle, public: VerificationKey, *, typ: str, signs_until: int, is_elsewhere: bool
    ) -> None:
        super().__init__(kid=public.kid, algorithm=key.algorithm, typ=typ, sign=key.sign)
        self._key: Final = key
        self._public: Final = public
        self.signs_until: Final = signs_until
        self.is_elsewhere: Final = is_elsewhere

    def prove(self) -> None:
        """Have the key show that it signs.

        Raises:
            KeyUnavailableError: It doesn't, or its backend can't be reached.
        """
        private_key_prove(self._key, self._public)


def release_signer(app_id: str, *, kind: TokenKind = RELEASE_TOKEN) -> ReleaseSigner:
    """Load the active key of an app and let it show that it works.

    Reads the database and opens the key: once per process and table, never per request.

    Raises:
        KeyUnavailableError: There is no active key, it can't be opened, or its self-test failed.
    """
    row = active_key(purpose=KeyPurpose.RELEASE_TOKEN, app_id=app_id)
    signer = ReleaseSigner(
        private_key_open(row),
        stored_public_key(row),
        typ=kind.typ,
        signs_until=signs_until_epoch(row),
        is_elsewhere=row.backend != LocalKeyBackend.name,
    )
    signer.prove()
    return signer


class PreparedClaims:
    """The claims of one decision, to be filled in for any number of devices; safe to share."""

    __slots__ = ("_claims",)

    def __init__(self, claims: ReleaseClaims) -> None:
        self._claims: Final = claims

    def fill(self, *, device_id: str, now_epoch: int, nonce: str | None = None) -> bytes:
        """Write the claims for one device, ready for `ReleaseSigner.sign`.

        Args:
            device_id: The device (`sub`).
            now_epoch: Seconds since 1970; the token is good from now on.
            nonce: What the device sent, if it did: 1 to `NONCE_MAX_LENGTH` characters.
        """
        jti = randomness.token_id()
        return self._claims.encode(device_id=device_id, issued=now_epoch, jti=jti, nonce=nonce)


def release_claims_prepare(
    *,
    app_id: str,
    decision: str,
    decision_seq: int,
    channel: str,
    release: ReleaseFacts | None = None,
    ext: Mapping[str, ClaimValue] | None = None,
) -> PreparedClaims:
    """Prepare the claims of one decision.

    Args:
        app_id: The app (`aud`).
        decision: `install`, `current`, `builtin` or `hold`.
        decision_seq: The channel's; 0 where no channel serves the device.
        channel: The channel's name; empty where none serves the device (then it is `hold`).
        release: The release that `install` and `current` name; None for the others.
        ext: The app's own claims, checked (`ext_claims_check`).
    """
    return PreparedClaims(
        ReleaseClaims(
            issuer=settings.PUBLIC_URL,
            app_id=app_id,
            lifetime=settings.TOKEN_LIFETIME,
            decision=decision,
            decision_seq=decision_seq,
            channel=channel,
            release=release,
            ext=ext,
        )
    )


def release_claims(
    *,
    app_id: str,
    device_id: str,
    decision: str,
    decision_seq: int,
    channel: str,
    now_epoch: int,
    nonce: str | None = None,
    release: ReleaseFacts | None = None,
) -> bytes:
    """Write the claims of one decision for one device: `release_claims_prepare` and `fill` in one."""
    prepared = release_claims_prepare(
        app_id=app_id, decision=decision, decision_seq=decision_seq, channel=channel, release=release
    )
    return prepared.fill(device_id=device_id, now_epoch=now_epoch, nonce=nonce)


def release_token_verify(
    token: str, *, app_id: str, device_id: str, nonce: str | None, now: datetime
) -> dict[str, Any]:
    """Verify a release token strictly and return its claims.

    Args:
        token: Compact JWS, untrusted.
        app_id: The app it must be for.
        device_id: The device it must be for.
        nonce: The nonce it must echo; None if the device sent none, and then it must have none.
        now: Time to judge it by.

    Raises:
        TokenRefusedError: Anything is wrong with it; `reason` is for the log only.
        TokenExpiredError: Nothing is wrong with it except that its time is over.
    """
    claims = token_verify(
        token,
        kind=RELEASE_TOKEN,
        keys=verification_keys(app_id=app_id),
        expected=Expected(issuer=settings.PUBLIC_URL, audience=app_id, subject=device_id),
        now=int(now.timestamp()),
    )
    if claims.get("nonce") != nonce:
        raise TokenRefusedError("claim nonce: not the one expected")
    return claims
