"""Whose key it is and what for. The sealed material is bound to all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.lifecycle import KeyPurpose

# The algorithm of a key unless its app's token profile chooses another.
DEFAULT_ALGORITHM: Final[Mapping[KeyPurpose, Algorithm]] = {
    KeyPurpose.RELEASE_TOKEN: Algorithm.ES256,
    KeyPurpose.BACKEND_TOKEN: Algorithm.HS256,
    KeyPurpose.DOWNLOAD_TOKEN: Algorithm.HS256,
    KeyPurpose.TRUST: Algorithm.ES256,
    KeyPurpose.ROOT: Algorithm.ES256,
    # ECDSA P-256, which C2SP signed notes have a type for and every FIPS module does.
    KeyPurpose.CHECKPOINT: Algorithm.ES256,
}


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """What a key may be used for: one purpose, one app (empty: the console itself), one algorithm."""

    purpose: KeyPurpose
    app_id: str
    algorithm: Algorithm

    def sealing_context(self, kid: str) -> str:
        """Say what sealed material of key `kid` is bound to: copied to another row it doesn't open."""
        return f"signing-key:{kid}|{self.purpose.value}|{self.app_id}|{self.algorithm.value}"
