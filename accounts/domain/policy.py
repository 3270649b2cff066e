"""The console's policy: what needs two people, and what custodians must hold; presets are its beginnings.

Operations are named by their strings, since most of them live on higher floors. The table below is what each
preset starts with; what is in force is in the database, row by row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from accounts.domain.presets import Preset

CUSTODIAN_APPOINT: Final = "accounts:role:grant_custodian"
PERSON_RECOVER: Final = "accounts:person:recover"
POLICY_WEAKEN: Final = "accounts:policy:weaken"
POLICY_TIGHTEN: Final = "accounts:policy:tighten"
SHUTOFF_LIFT: Final = "updates:shutoff:lift"
SIGN_OFF_WEAKEN: Final = "updates:sign_off:weaken"
PHI_LOWER: Final = "signing:phi:lower"
PHI_CLAIM_LOWER: Final = "signing:phi_claim:lower"
PERSON_ERASE: Final = "compliance:person:erase"
PERSON_PACKAGE: Final = "compliance:person:take_package"
HOLD_LIFT: Final = "compliance:hold:lift"

_TEAMS: Final = frozenset({Preset.TEAM, Preset.REGULATED})
_REGULATED: Final = frozenset({Preset.REGULATED})


@dataclass(frozen=True, slots=True)
class Choice:
    """An operation that policy may give to two people.

    Attributes:
        words: What it is, on the policy's page.
        presets: Which of them start with it.
    """

    words: str
    presets: frozenset[Preset] = _TEAMS


# What policy can name. A new line needs a migration that gives it to consoles which began with such a preset.
CHOICES: Final[Mapping[str, Choice]] = {
    "signing:key:request_rotation": Choice("Rotating a key before its time"),
    "signing:key:resume": Choice("Resuming a suspended key"),
    "signing:key:revoke": Choice("Revoking a key"),
    "signing:key:destroy": Choice("Destroying a key"),
    "signing:key:import": Choice("Importing a private key"),
    "signing:root:register": Choice("Registering an offline root"),
    "signing:root:rotate": Choice("Rotating an online root"),
    "signing:ceremony:import": Choice("Putting in force what an offline root signed"),
    "signing:profile:change": Choice("Changing algorithms and the handling of health data"),
    "signing:claim:define": Choice("Defining a claim, or changing its class"),
    "signing:claim:remove": Choice("Removing a claim"),
    "signing:recipient:remove": Choice("Removing a back end's encryption key", _REGULATED),
    CUSTODIAN_APPOINT: Choice("Appointing a key custodian"),
    SHUTOFF_LIFT: Choice("Lifting a shutoff"),
}

# What no policy gives to one person: these decide who decides. The exception is a console where nobody else
# could (`is_left_to_one`).
ALWAYS: Final[Mapping[str, str]] = {
    PERSON_RECOVER: "Letting somebody back in who lost every authenticator",
    POLICY_WEAKEN: "Weakening this policy",
    SIGN_OFF_WEAKEN: "Asking for fewer sign-offs of releases on a channel",
    PHI_LOWER: "Saying that an app handles no health data any more",
    PHI_CLAIM_LOWER: "Removing a claim that is, or counts as, health data, or giving it another class",
    PERSON_ERASE: "Erasing a person of this console for a privacy request",
    PERSON_PACKAGE: "Taking all that is held of a person of this console, for a privacy request",
    HOLD_LIFT: "Lifting a legal hold",
}


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

    @property
    def assurance_statement(self) -> str:
        """One sentence for pages and reports: what this policy is worth."""
        if not self.two_people & CHOICES.keys():
            return (
                f"This console runs with the preset {self.preset}: one person can do everything with two "
                "factors; nothing shows that anybody else agreed."
            )
        return (
            f"This console runs with the preset {self.preset}: {len(self.two_people & CHOICES.keys())} of "
            f"{len(CHOICES)} kinds of delicate operations need a second person."
        )


def two_people_of(preset: Preset) -> frozenset[str]:
    """Say which operations need two people when a console starts with a preset."""
    return frozenset(name for name, choice in CHOICES.items() if preset in choice.presets)


def custodian_security_key_of(preset: Preset) -> bool:
    """Say whether custodians need a device-bound security key when a console starts with a preset."""
    return preset is Preset.REGULATED


def is_left_to_one(preset: Preset, *, entitled: int, were_two: bool) -> bool:
    """Say whether one person may do alone what otherwise always takes two: solo, and there never was another.

    That there was counts for good: else one would only have to shut the other one out.
    """
    return preset is Preset.SOLO and entitled < 2 and not were_two  # noqa: PLR2004 (two people)


def is_weaker(before: Policy, *, two_people: frozenset[str], custodian_security_key: bool) -> bool:
    """Say whether a policy would ask for less than `before`, in any respect."""
    asks_less_of_two = not before.two_people & CHOICES.keys() <= two_people
    return asks_less_of_two or (before.custodian_security_key and not custodian_security_key)
