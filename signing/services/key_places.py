"""Where private halves live, in words: what backends say of themselves, for pages and reports."""

from signing.backends import BackendFacts, key_backend
from signing.errors import KeyUnavailableError


def key_place(name: str) -> BackendFacts:
    """Describe the backend that a key's row names; one that isn't set up any more by its name alone."""
    try:
        return key_backend(name).describe()
    except KeyUnavailableError:
        return BackendFacts(
            name=name,
            title=f"{name}, which isn't set up here",
            details=(),
            algorithms=frozenset(),
            exports_keys=False,
        )
