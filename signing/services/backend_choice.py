"""Which backend makes keys of which purpose, by setting (docs/adr/0007)."""

from typing import Final

from django.conf import settings

from signing.domain.lifecycle import KeyPurpose

# They sign a few times a day, and everything rests on them.
_ANCHORS: Final = frozenset({KeyPurpose.ROOT, KeyPurpose.TRUST})


def backend_for(purpose: KeyPurpose) -> str:
    """Return the name of the backend in which keys of this purpose are made."""
    return str(settings.KEY_BACKEND if purpose in _ANCHORS else settings.KEY_BACKEND_TOKENS)
