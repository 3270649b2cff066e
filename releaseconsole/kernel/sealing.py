"""Envelope encryption under the key-encryption key (KEK): how secrets rest in the database.

A sealed value is text: `v1.<kek id>.<base64url of nonce + ciphertext + tag>`, AES-256-GCM with a random
96-bit nonce. The caller's context is bound as additional data, so a value copied to another row or used
for another purpose doesn't open. The KEK comes from a file (mode 0600) or the environment, never from the
database or the settings module.
"""

import hashlib
import stat
from pathlib import Path
from typing import Final

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


class KeyEncryptionKey:
    """One KEK. Its id is derived from the key, so a sealed value names the KEK that opens it."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEK_BYTES:
            raise SealingError(f"A key-encryption key has {KEK_BYTES} bytes; this one has {len(key)}.")
        self._aead = AESGCM(key)
        self.kek_id: Final = hashlib.sha256(b"release-console kek id\0" + key).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"<KeyEncryptionKey {self.kek_id}>"

    def seal(self, plaintext: bytes, *, context: str) -> str:
        """Encrypt `plaintext`, bound to `context` (for example `signing-key:<id>:ES256`)."""
        nonce = randomness.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._aead.encrypt(nonce, plaintext, self._associated_data(context))
        return f"{_VERSION}.{self.kek_id}.{b64url_encode(sealed)}"

    def unseal(self, sealed: str, *, context: str) -> bytes:
        """Open a sealed value.

        Raises:
            SealingError: Another KEK, another context, another format, or altered bytes.
        """
        parts = sealed.split(".")
        if len(parts) != 3 or parts[0] != _VERSION:  # noqa: PLR2004 (version, KEK id, body)
            raise SealingError("The sealed value has an unknown format.")
        if parts[1] != self.kek_id:
            raise SealingError(f"The value is sealed under KEK {parts[1]}; this process holds {self.kek_id}.")
        try:
            body = b64url_decode(parts[2])
            return self._aead.decrypt(
                body[:_NONCE_BYTES], body[_NONCE_BYTES:], self._associated_data(context)
            )
        except (InvalidTag, EncodingError, ValueError) as exc:
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


class _Holder:
    """Holds the process's KEK, put here once at start-up so that lower floors need no settings."""

    kek: KeyEncryptionKey | None = None


def kek_install(kek: KeyEncryptionKey) -> None:
    """Make `kek` the one this process seals with."""
    _Holder.kek = kek


def kek_current() -> KeyEncryptionKey:
    """Return the process's KEK.

    Raises:
        SealingError: None was installed at start-up.
    """
    if _Holder.kek is None:
        raise SealingError("No key-encryption key is configured; run `manage.py doctor`.")
    return _Holder.kek
