"""An app's token profile: which custom claims its tokens may carry, and how delicate each is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from releaseconsole.kernel.encoding import canonical_json
from signing.domain.claim_class import ClaimClass, ClaimType

ClaimValue = str | int | bool


class Audience(StrEnum):
    """Who reads a token: a device in anybody's hands, or the app's own back end."""

    DEVICE = "device"
    BACKEND = "backend"


@dataclass(frozen=True, slots=True)
class Claim:
    """One custom claim.

    Attributes:
        claim_class: None: not classified yet.
        claim_type: What values it takes.
        fixed: The value that every token of the app carries; None: whoever asks for a token passes one.
    """

    claim_class: ClaimClass | None
    claim_type: ClaimType
    fixed: ClaimValue | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What custom claims have to keep to; `claims` by name."""

    handles_phi: bool
    encrypts_personal: bool
    claims: Mapping[str, Claim]

    @property
    def fixed(self) -> dict[str, ClaimValue]:
        """The claims that every token carries."""
        return {name: claim.fixed for name, claim in self.claims.items() if claim.fixed is not None}


@dataclass(frozen=True, slots=True, eq=False)
class DeviceProfile:
    """What a profile means for the tokens of the app's devices; two that are equal need no new signer.

    Equal means that tokens carry the same bytes: to Python 1 is True, and to whoever reads a token it isn't.
    """

    ext: Mapping[str, ClaimValue]
    is_encrypted: bool

    def __eq__(self, other: object) -> bool:
        """Compare as tokens spell it."""
        return isinstance(other, DeviceProfile) and self._spelled == other._spelled

    def __hash__(self) -> int:
        """Hash what is compared."""
        return hash(self._spelled)

    @property
    def _spelled(self) -> bytes:
        return canonical_json({"ext": dict(self.ext), "is_encrypted": self.is_encrypted})
