"""The ids that an app gives its devices: whether they are kept, and as what.

Such an id may name a person, or a patient. What comes in is turned into what may be kept before anything is
stored or handed on; `taken` does that where devices are answered, `kept` once more where it's stored, because
the app may have changed its mind in between.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

# No id in clear is taken that begins so: then a stored value says itself what it is.
HASH_PREFIX: Final = "hashed:"
# 192 bits, so that both fit into a column of 64 characters.
_HASH_DIGITS: Final = 48


class CustomIdPolicy(StrEnum):
    """What an app lets the console keep of the ids that it gives devices."""

    OFF = "off"
    HASHED = "hashed"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True)
class CustomIdRule:
    """An app's policy, ready to be applied.

    Attributes:
        policy: What may be kept.
        key: Of the hashes, the app's own; empty: it can't be had, so nothing is kept.
    """

    policy: CustomIdPolicy = CustomIdPolicy.OFF
    key: bytes = field(default=b"", repr=False)

    def taken(self, told: str) -> str:
        """Turn what a device, or somebody who searches, says into what may be kept of it; empty: nothing."""
        if not told or self.policy is CustomIdPolicy.OFF:
            return ""
        if self.policy is CustomIdPolicy.HASHED:
            return self._hash(told)
        return "" if told.startswith(HASH_PREFIX) else told

    def kept(self, taken: str) -> str:
        """Hold what was taken under an earlier policy to this one."""
        if self.policy is CustomIdPolicy.HASHED and taken.startswith(HASH_PREFIX):
            return taken
        return self.taken(taken)

    def _hash(self, told: str) -> str:
        if not self.key:
            return ""
        said = told.strip().encode("utf-8", "replace")
        return HASH_PREFIX + hmac.new(self.key, said, hashlib.sha256).hexdigest()[:_HASH_DIGITS]
