"""Where private keys live. Only `signing.services` may come here (import-linter holds it)."""

from collections.abc import Callable, Mapping
from typing import Final

from signing.backends.local import LocalKeyBackend
from signing.backends.offline import OfflineKeyBackend
from signing.backends.protocol import BackendFacts, CreatedKey, KeyBackend, SigningHandle, StoredKey
from signing.errors import KeyUnavailableError

__all__ = ["BackendFacts", "CreatedKey", "KeyBackend", "SigningHandle", "StoredKey", "key_backend"]


def _pkcs11() -> KeyBackend:
    from signing.backends.pkcs11 import PKCS11KeyBackend  # noqa: PLC0415 (a library that only an HSM needs)

    return PKCS11KeyBackend()


def _awskms() -> KeyBackend:
    from signing.backends.awskms import AWSKMSKeyBackend  # noqa: PLC0415 (a slow import that only KMS needs)

    return AWSKMSKeyBackend()


_BACKENDS: Final[Mapping[str, Callable[[], KeyBackend]]] = {
    LocalKeyBackend.name: LocalKeyBackend,
    OfflineKeyBackend.name: OfflineKeyBackend,
    "pkcs11": _pkcs11,
    "awskms": _awskms,
}


def key_backend(name: str = LocalKeyBackend.name) -> KeyBackend:
    """Return the backend called `name`, as a key's row names it; what it holds open is the process's.

    Raises:
        KeyUnavailableError: This console has no such backend.
    """
    make = _BACKENDS.get(name)
    if make is None:
        raise KeyUnavailableError(f"There is no key backend {name!r}.")
    return make()
