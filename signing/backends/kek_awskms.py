"""A KEK that lives in AWS KMS: it encrypts and decrypts there, and binds the context (EncryptionContext).

The context goes into AWS's own log (CloudTrail) in clear. It names keys and people by id only, so nothing
secret or personal leaves with it.
"""

from functools import cached_property
from typing import Final

from releaseconsole.kernel.sealing import SealingError, sealed_body, sealed_compose
from signing.backends.awskms_client import kms
from signing.errors import KeyUnavailableError

_PREFIX: Final = "awskms-"
_CONTEXT: Final = "release-console"


class AWSKMSKEK:
    """The symmetric KMS key with this id or alias; reached at its first use, not before."""

    def __init__(self, key: str) -> None:
        self._key: Final = key

    def __repr__(self) -> str:
        return f"<AWSKMSKEK {self._key}>"

    @cached_property
    def _key_id(self) -> str:
        # An alias may be pointed elsewhere later; what is sealed names the key itself.
        try:
            answer = kms().run(lambda client: client.describe_key(KeyId=self._key))
        except KeyUnavailableError as exc:
            raise SealingError(f"The KEK {self._key!r} can't be reached: {exc.message}") from exc
        if answer is None:
            raise SealingError(f"AWS KMS has no key {self._key!r}.")
        return answer["KeyMetadata"]["KeyId"]

    @property
    def kek_id(self) -> str:
        """Its id in sealed values."""
        return _PREFIX + self._key_id

    def opens(self, kek_id: str) -> bool:
        """Whether values sealed under `kek_id` are its own."""
        return kek_id.startswith(_PREFIX) and kek_id == self.kek_id

    def seal(self, plaintext: bytes, *, context: str) -> str:
        """Encrypt in KMS, bound to `context`; 4,096 bytes at most.

        Raises:
            SealingError: KMS can't be reached, or refuses.
        """
        key_id = self._key_id
        try:
            answer = kms().run(
                lambda client: client.encrypt(
                    KeyId=key_id, Plaintext=plaintext, EncryptionContext={_CONTEXT: context}
                )
            )
        except KeyUnavailableError as exc:
            raise SealingError(f"The KEK {self._key!r} can't be used: {exc.message}") from exc
        if answer is None:
            raise SealingError(f"AWS KMS has no key {self._key!r}.")
        return sealed_compose(self.kek_id, answer["CiphertextBlob"])

    def unseal(self, sealed: str, *, context: str) -> bytes:
        """Open in KMS.

        Raises:
            SealingError: Another KEK or context, altered bytes, or KMS can't be reached.
        """
        body = sealed_body(sealed, kek_id=self.kek_id)
        try:
            answer = kms().run(
                lambda client: client.decrypt(
                    KeyId=self._key_id, CiphertextBlob=body, EncryptionContext={_CONTEXT: context}
                ),
                absent="InvalidCiphertextException",
            )
        except KeyUnavailableError as exc:
            raise SealingError(f"The KEK {self._key!r} can't be used: {exc.message}") from exc
        if answer is None:
            raise SealingError("The sealed value was altered, or belongs somewhere else.")
        return answer["Plaintext"]
