"""Issuing an app's decisions to its devices: signed, and encrypted where its token profile asks for it."""

from typing import Final

from releaseconsole.kernel.jose.encryption import nested_encrypt
from releaseconsole.redis_link import redis_client
from signing.backends.device_keys import DeviceKeys
from signing.domain.ext_claims import device_profile
from signing.domain.phi_tokens import PHI_RELEASE_TOKEN, encoded_claims_pad
from signing.domain.profile import DeviceProfile
from signing.domain.release_token import RELEASE_TOKEN, ReleaseFacts
from signing.errors import KeyUnavailableError
from signing.selectors import profile_get, profile_rules
from signing.services.release_tokens import (
    PreparedClaims,
    ReleaseSigner,
    release_claims_prepare,
    release_signer,
)
from signing.services.usage import key_issues


class ReleaseIssuer:
    """Issues `release+jwt`, or `phi-release+jwt` to the key that the device registered; safe to share.

    Attributes:
        profile: The app's token profile.
        is_failing: Whether the key didn't sign when it was last asked; `look` finds out when it does again.
    """

    __slots__ = ("_app_id", "_device_keys", "_signer", "_use", "is_failing", "profile")

    def __init__(self, app_id: str, signer: ReleaseSigner, profile: DeviceProfile) -> None:
        self._app_id: Final = app_id
        self._signer: Final = signer
        self._use: Final = key_issues(signer.kid)
        self._device_keys: Final = DeviceKeys(redis_client())
        self.profile: Final = profile
        self.is_failing = False

    def __repr__(self) -> str:
        return f"<ReleaseIssuer {self._signer!r}>"

    @property
    def kid(self) -> str:
        """The key that signs."""
        return self._signer.kid

    @property
    def is_elsewhere(self) -> bool:
        """Whether another machine holds the key, which may go away at any time."""
        return self._signer.is_elsewhere

    def look(self, *, now_epoch: int) -> None:
        """Find out whether the key signs, with a probe that is worth nothing as a token.

        May wait for another machine as long as a request may; never call it where a device waits.
        """
        try:
            self._end_check(now_epoch)
            self._signer.prove()
        except KeyUnavailableError:
            self.is_failing = True
        else:
            self.is_failing = False

    def prepare(
        self, *, decision: str, decision_seq: int, channel: str, release: ReleaseFacts | None = None
    ) -> PreparedClaims:
        """Prepare the claims of one decision, the app's own among them (`release_claims_prepare`)."""
        return release_claims_prepare(
            app_id=self._app_id,
            decision=decision,
            decision_seq=decision_seq,
            channel=channel,
            release=release,
            ext=self.profile.ext,
        )

    def issue(
        self, prepared: PreparedClaims, *, device_id: str, now_epoch: int, nonce: str | None = None
    ) -> str:
        """Issue the token of one device.

        Args:
            prepared: What this issuer has prepared.
            device_id: The device.
            now_epoch: Seconds since 1970; the token is good from now on.
            nonce: What the device sent, if it did.

        Raises:
            RecipientUnknownError: It would have to be encrypted, and the device has registered no key.
            RecipientStoreError: It would have to be, and keys can't be looked up.
            KeyUnavailableError: The key's backend doesn't sign now, or the key has come to its end.
        """
        self._end_check(now_epoch)
        claims = prepared.fill(device_id=device_id, now_epoch=now_epoch, nonce=nonce)
        if not self.profile.is_encrypted:
            return self._sign(claims)
        # Looked up first: for a device without a key nothing needs to be signed.
        recipient = self._device_keys.get(self._app_id, device_id)
        inner = self._sign(encoded_claims_pad(claims))
        return nested_encrypt(inner, typ=self._signer.typ, recipient=recipient)

    def _sign(self, claims: bytes) -> str:
        try:
            signed = self._signer.sign(claims)
        except KeyUnavailableError:
            self.is_failing = True
            raise
        self._use.note()
        return signed

    def _end_check(self, now_epoch: int) -> None:
        if now_epoch >= self._signer.signs_until:
            self.is_failing = True
            raise KeyUnavailableError(f"Key {self.kid} has come to its end, and nothing has rotated it.")


def release_issuer(app_id: str) -> ReleaseIssuer:
    """Load the key and the token profile of an app.

    Reads the database and opens the key: once per process and table, never per request.

    Raises:
        KeyUnavailableError: No active key, or one that can't be used.
        NotFoundError: There is no such app.
        SigningError: The profile's fixed claims can't go into a device's token.
    """
    profile = device_profile(profile_rules(profile_get(app_id=app_id)))
    kind = PHI_RELEASE_TOKEN if profile.is_encrypted else RELEASE_TOKEN
    return ReleaseIssuer(app_id, release_signer(app_id, kind=kind), profile)
