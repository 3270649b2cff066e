"""The console's policy: what needs two people, and what custodians must hold; presets are its beginnings."""

from dataclasses import dataclass, field

from accounts.domain.presets import Preset


@dataclass(frozen=True, slots=True)
class Policy:
    """What the console insists on.

    Attributes:
        preset: With which set of policies it began.
        two_people: Names of operations that a second entitled person approves.
        custodian_security_key: Custodians confirm with a device-bound security key that verifies them.
    """

    preset: Preset
    two_people: frozenset[str] = field(default_factory=frozenset)
    custodian_security_key: bool = False
