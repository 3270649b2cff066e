"""Which backend makes keys of which purpose, by setting (docs/adr/0007)."""

from typing import Final

from django.conf import settings

from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.backends.local import LocalKeyBackend
from signing.domain.key_owner import DEFAULT_ALGORITHM
from signing.domain.lifecycle import KeyPurpose

# They sign once a minute at most, and everything rests on them.
_ANCHORS: Final = frozenset({KeyPurpose.ROOT, KeyPurpose.TRUST, KeyPurpose.CHECKPOINT})


def backend_for(purpose: KeyPurpose, algorithm: Algorithm | None = None) -> str:
    """Return the name of the backend in which keys of this purpose are made.

    Secrets (HS256) are always local, whatever the setting: one verifies every download in this process, the
    others are handed to an app's back end, and neither can be done with what never leaves an HSM.

    Args:
        purpose: What the key is for.
        algorithm: What it signs with; None for the purpose's default.
    """
    if (algorithm or DEFAULT_ALGORITHM[purpose]) is Algorithm.HS256:
        return LocalKeyBackend.name
    return str(settings.KEY_BACKEND if purpose in _ANCHORS else settings.KEY_BACKEND_TOKENS)
