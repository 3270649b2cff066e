"""Envelope encryption under the key-encryption key (KEK): how secrets rest in the database.

A sealed value is text: `v1.<kek id>.<base64url of nonce + ciphertext + tag>`, AES-256-GCM with a random
96-bit nonce. The caller's context is bound as additional data, so a value copied to another row or used
for another purpose doesn't open. A KEK in an HSM or KMS writes a body of its own in the same frame. The KEK
of this module comes from a file (mode 0600) or the environment, never from the database or the settings
module.

A process holds one KEK that seals and any number of earlier ones that only open, so that a KEK can be changed
while the console runs (`manage.py rewrap_keys`, docs/key-backends.md).
"""

import hashlib
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from releaseconsole.kernel import randomness
from releaseconsole.kernel.encoding import EncodingError, b64url_decode, b64url_encode
from releaseconsole.kernel.errors import ConsoleError

KEK_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_VERSION: Final = "v1"


class SealingError(ConsoleError):
    """A sealed value can't be opened, or the KEK can't be used."""

    code = "sealing_failed"
    title = "A protected value couldn't be opened."


def sealed_compose(kek_id: str, body: bytes) -> str:
    """Write a sealed value: which KEK opens it, and what that KEK made of the secret."""
    return f"{_VERSION}.{kek_id}.{b64url_encode(body)}"


def sealed_kek_id(sealed: str) -> str:
    """Return the id of the KEK that a sealed value names.

    Raises:
        SealingError: It isn't a sealed value.
    """
    parts = sealed.split(".")
    if len(parts) != 3 or parts[0] != _VERSION:  # noqa: PLR2004 (version, KEK id, body)
        raise SealingError("The sealed value has an unknown format.")
    return parts[1]


def sealed_body(sealed: str, *, kek_id: str) -> bytes:
    """Return the body of a value that is sealed under `kek_id`.

    Raises:
        SealingError: Another format, or sealed under another KEK.
    """
    named = sealed_kek_id(sealed)
    if named != kek_id:
        raise SealingError(f"The value is sealed under KEK {named}; this process holds {kek_id}.")
    try:
        return b64url_decode(sealed.rpartition(".")[2])
    except EncodingError as exc:
        raise SealingError("The sealed value was altered, or belongs somewhere else.") from exc


class SealingKey(Protocol):
    """What seals secrets: a KEK in this process, in an HSM or in a KMS; safe to share between threads."""

    @property
    def kek_id(self) -> str:
        """The id that its sealed values carry; no dot in it. One in a KMS may have to be asked for it."""

    def opens(self, kek_id: str) -> bool:
        """Whether values sealed under `kek_id` are this key's; asks nobody where the id's form says no."""

    def seal(self, plaintext: bytes, *, context: str) -> str:
        """Encrypt `plaintext`, bound to `context`.

        Raises:
            SealingError: The key can't be reached.
        """

    def unseal(self, sealed: str, *, context: str) -> bytes:
        """Open a sealed value.

        Raises:
            SealingError: Another KEK, another context, another format, altered bytes, or it can't be reached.
        """


class KeyEncryptionKey:
    """One KEK. Its id is derived from the key, so a sealed value names the KEK that opens it."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEK_BYTES:
            raise SealingError(f"A key-encryption key has {KEK_BYTES} bytes; this one has {len(key)}.")
        self._aead = AESGCM(key)
        self.kek_id: Final = hashlib.sha256(b"release-console kek id\0" + key).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"<KeyEncryptionKey {self.kek_id}>"

    def opens(self, kek_id: str) -> bool:
        """Whether values sealed under `kek_id` are this key's."""
        return kek_id == self.kek_id

    def seal(self, plaintext: bytes, *, context: str) -> str:
        """Encrypt `plaintext`, bound to `context` (for example `signing-key:<id>:ES256`)."""
        nonce = randomness.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._aead.encrypt(nonce, plaintext, self._associated_data(context))
        return sealed_compose(self.kek_id, sealed)

    def unseal(self, sealed: str, *, context: str) -> bytes:
        """Open a sealed value.

        Raises:
            SealingError: Another KEK, another context, another format, or altered bytes.
        """
        body = sealed_body(sealed, kek_id=self.kek_id)
        try:
            return self._aead.decrypt(
                body[:_NONCE_BYTES], body[_NONCE_BYTES:], self._associated_data(context)
            )
        except (InvalidTag, ValueError) as exc:
            raise SealingError("The sealed value was altered, or belongs somewhere else.") from exc

    def _associated_data(self, context: str) -> bytes:
        return f"{_VERSION}|{self.kek_id}|{context}".encode()


def kek_read(path: Path) -> KeyEncryptionKey:
    """Read a KEK file: 32 bytes as unpadded base64url.

    Raises:
        SealingError: The file is missing, readable by others, or holds something else.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii").strip()
    except OSError as exc:
        raise SealingError(f"The KEK file {path} can't be read: {exc.strerror}.") from exc
    if mode & 0o077:
        raise SealingError(f"The KEK file {path} is open to others (mode {mode:04o}); run: chmod 600 {path}")
    return kek_parse(text)


def kek_parse(text: str) -> KeyEncryptionKey:
    """Read a KEK from text.

    Raises:
        SealingError: The text isn't 32 bytes of unpadded base64url.
    """
    try:
        return KeyEncryptionKey(b64url_decode(text))
    except EncodingError as exc:
        raise SealingError("The KEK isn't unpadded base64url text.") from exc


def kek_create(path: Path) -> None:
    """Write a new KEK file with mode 0600; never overwrites one.

    Raises:
        FileExistsError: There is a KEK already; replacing it would lose every sealed value.
    """
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(b64url_encode(randomness.token_bytes(KEK_BYTES)) + "\n", encoding="ascii")


class KEKRing:
    """The KEK that seals, and earlier ones that only open what hasn't been sealed anew yet."""

    def __init__(self, current: SealingKey, earlier: Iterable[SealingKey] = ()) -> None:
        self._current: Final = current
        self._earlier: Final = tuple(earlier)

    def __repr__(self) -> str:
        return f"<KEKRing {self._current!r} and {len(self._earlier)} earlier>"

    @property
    def kek_id(self) -> str:
        """The id of the KEK that seals."""
        return self._current.kek_id

    def opens(self, kek_id: str) -> bool:
        """Whether one of the KEKs opens values sealed under `kek_id`."""
        return self._current.opens(kek_id) or any(key.opens(kek_id) for key in self._earlier)

    def seal(self, plaintext: bytes, *, context: str) -> str:
        """Encrypt under the current KEK.

        Raises:
            SealingError: It can't be reached; no frame of its traceback from here on holds the plaintext.
        """
        try:
            return self._current.seal(plaintext, context=context)
        except SealingError as exc:
            reason = exc.message
        # Raised anew and outside of the handler: the first one's frames, where the secret is, go with it.
        del plaintext
        raise SealingError(reason)

    def unseal(self, sealed: str, *, context: str) -> bytes:
        """Open with the KEK that the value names.

        Raises:
            SealingError: As for a single KEK.
        """
        kek_id = sealed_kek_id(sealed)
        if not self._current.opens(kek_id):
            for key in self._earlier:
                if key.opens(kek_id):
                    return key.unseal(sealed, context=context)
        return self._current.unseal(sealed, context=context)


class _Holder:
    """Holds the process's KEK, put here once at start-up so that lower floors need no settings."""

    kek: SealingKey | None = None


def kek_install(current: SealingKey, earlier: Iterable[SealingKey] = ()) -> None:
    """Make `current` the KEK that this process seals with; `earlier` ones only open."""
    _Holder.kek = KEKRing(current, earlier)


def kek_current() -> SealingKey:
    """Return the process's KEK: seals with the current one, opens with any.

    Raises:
        SealingError: None was installed at start-up.
    """
    if _Holder.kek is None:
        raise SealingError("No key-encryption key is configured; run `manage.py doctor`.")
    return _Holder.kek
