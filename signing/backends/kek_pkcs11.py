"""A KEK that lives in the HSM: AES-256-GCM done inside, so that a stolen database and disk open nothing.

Its id in sealed values comes from its CKA_ID, which is random: a key made anew under an old label is another
KEK, and says so.
"""

import hashlib
from functools import cached_property
from typing import Final

from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass
from pkcs11 import exceptions as p11

from releaseconsole.kernel import randomness
from releaseconsole.kernel.sealing import SealingError, sealed_body, sealed_compose
from signing.backends.pkcs11_token import TokenSession, hsm_token
from signing.errors import KeyUnavailableError

_PREFIX: Final = "pkcs11-"
_NONCE_BYTES: Final = 12
_TAG_BITS: Final = 128
_ID_BYTES: Final = 16


class PKCS11KEK:
    """The AES key with this label; reached at its first use, not before."""

    def __init__(self, label: str) -> None:
        self._label: Final = label

    def __repr__(self) -> str:
        return f"<PKCS11KEK {self._label}>"

    @cached_property
    def _key_id(self) -> bytes:
        def work(token: TokenSession) -> bytes:
            found = token.session().get_key(object_class=ObjectClass.SECRET_KEY, label=self._label)
            return bytes(found[Attribute.ID])

        try:
            return hsm_token().run(work)
        except KeyUnavailableError as exc:
            raise SealingError(f"The KEK {self._label!r} can't be reached: {exc.message}") from exc

    @property
    def kek_id(self) -> str:
        """Its id in sealed values."""
        return _PREFIX + hashlib.sha256(self._key_id).hexdigest()[:16]

    def opens(self, kek_id: str) -> bool:
        """Whether values sealed under `kek_id` are its own."""
        return kek_id.startswith(_PREFIX) and kek_id == self.kek_id

    def seal(self, plaintext: bytes, *, context: str) -> str:
        """Encrypt in the HSM, bound to `context`.

        Raises:
            SealingError: The HSM can't be reached.
        """
        nonce = randomness.token_bytes(_NONCE_BYTES)
        return sealed_compose(self.kek_id, nonce + self._crypt("encrypt", nonce, plaintext, context))

    def unseal(self, sealed: str, *, context: str) -> bytes:
        """Open in the HSM.

        Raises:
            SealingError: Another KEK or context, altered bytes, or the HSM can't be reached.
        """
        body = sealed_body(sealed, kek_id=self.kek_id)
        if len(body) < _NONCE_BYTES + _TAG_BITS // 8:
            raise SealingError("The sealed value was altered, or belongs somewhere else.")
        return self._crypt("decrypt", body[:_NONCE_BYTES], body[_NONCE_BYTES:], context)

    def _crypt(self, what: str, nonce: bytes, data: bytes, context: str) -> bytes:
        parameters = GCMParams(nonce, f"v1|{self.kek_id}|{context}".encode(), _TAG_BITS)

        def work(token: TokenSession) -> bytes | None:
            key = token.key(ObjectClass.SECRET_KEY, self._key_id, self._label)
            try:
                operation = key.encrypt if what == "encrypt" else key.decrypt
                return bytes(
                    operation(data, mechanism=Mechanism.AES_GCM, mechanism_param=parameters, buffer_size=8192)
                )
            except (p11.EncryptedDataInvalid, p11.EncryptedDataLenRange, p11.GeneralError):
                # SoftHSM says GeneralError for a tag that doesn't fit. The HSM is well; the value isn't.
                if what == "encrypt":
                    raise
                return None

        try:
            result = hsm_token().run(work)
        except KeyUnavailableError as exc:
            raise SealingError(f"The KEK {self._label!r} can't be used: {exc.message}") from exc
        if result is None:
            raise SealingError("The sealed value was altered, or belongs somewhere else.")
        return result


def pkcs11_kek_create(label: str) -> None:
    """Make an AES-256 key for a KEK in the HSM, unless there is one of this label.

    Raises:
        SealingError: The HSM can't be reached, or can't make one.
    """

    def work(token: TokenSession) -> None:
        try:
            token.session().get_key(object_class=ObjectClass.SECRET_KEY, label=label)
        except p11.NoSuchKey:
            token.session().generate_key(
                KeyType.AES,
                256,
                id=randomness.token_bytes(_ID_BYTES),
                label=label,
                store=True,
                template={
                    Attribute.SENSITIVE: True,
                    Attribute.EXTRACTABLE: False,
                    Attribute.SIGN: False,
                    Attribute.VERIFY: False,
                    Attribute.WRAP: False,
                    Attribute.UNWRAP: False,
                    Attribute.DERIVE: False,
                },
            )

    try:
        hsm_token().run(work)
    except KeyUnavailableError as exc:
        raise SealingError(f"The KEK {label!r} can't be made: {exc.message}") from exc
