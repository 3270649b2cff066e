"""Where private keys live. Only `signing.services` may come here (import-linter holds it)."""

from signing.backends.local import LocalKeyBackend
from signing.backends.protocol import CreatedKey, KeyBackend, StoredKey
from signing.errors import KeyUnavailableError

__all__ = ["CreatedKey", "KeyBackend", "StoredKey", "key_backend"]


def key_backend(name: str = LocalKeyBackend.name) -> KeyBackend:
    """Return the backend called `name`, as a key's row names it.

    Raises:
        KeyUnavailableError: This console has no such backend.
    """
    if name != LocalKeyBackend.name:
        raise KeyUnavailableError(f"There is no key backend {name!r}.")
    return LocalKeyBackend()
