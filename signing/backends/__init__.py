"""Where private keys live. Only `signing.services` may come here (import-linter holds it)."""

from collections.abc import Callable, Mapping
from typing import Final

from signing.backends.awskms import AWSKMSKeyBackend
from signing.backends.local import LocalKeyBackend
from signing.backends.offline import OfflineKeyBackend
from signing.backends.pkcs11 import PKCS11KeyBackend
from signing.backends.protocol import BackendFacts, CreatedKey, KeyBackend, SigningHandle, StoredKey
from signing.errors import KeyUnavailableError

__all__ = ["BackendFacts", "CreatedKey", "KeyBackend", "SigningHandle", "StoredKey", "key_backend"]

_BACKENDS: Final[Mapping[str, Callable[[], KeyBackend]]] = {
    LocalKeyBackend.name: LocalKeyBackend,
    OfflineKeyBackend.name: OfflineKeyBackend,
    PKCS11KeyBackend.name: PKCS11KeyBackend,
    AWSKMSKeyBackend.name: AWSKMSKeyBackend,
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
