"""Which backend makes keys of which purpose, by setting."""

from signing.backends.local import LocalKeyBackend
from signing.domain.lifecycle import KeyPurpose


def backend_for(purpose: KeyPurpose) -> str:  # noqa: ARG001 (replaced by branch backends)
    """Return the name of the backend in which keys of this purpose are made."""
    return LocalKeyBackend.name
