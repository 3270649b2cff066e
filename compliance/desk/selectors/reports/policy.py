"""The preset in force and what deviates from it: every report names both."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.domain.policy import CHOICES, custodian_security_key_of, two_people_of
from accounts.models import ReviewTask
from accounts.selectors.policy import policy_current


@dataclass(frozen=True, slots=True)
class PolicyTold:
    """What the console insisted on when a report was made.

    Attributes:
        statement: What the policy is worth, in a sentence.
        exceptions: Where it asks for less than its preset, and what was done around it; a sentence each.
    """

    statement: str
    exceptions: tuple[str, ...]

    def words(self) -> str:
        """Say both."""
        exceptions = " ".join(self.exceptions) or "There are no exceptions to the preset."
        return f"{self.statement} {exceptions}"


def policy_told() -> PolicyTold:
    """Read the policy and the exceptions to it as they are now."""
    return PolicyTold(policy_current().assurance_statement, tuple(_exceptions()))


def _exceptions() -> Iterator[str]:
    policy = policy_current()
    for name in sorted(two_people_of(policy.preset) - policy.two_people):
        yield f"Exception: “{CHOICES[name].words}” takes one person here; the preset asks for two."
    if custodian_security_key_of(policy.preset) and not policy.custodian_security_key:
        yield "Exception: custodians need no device-bound security key here; the preset asks for one."
    if waiting := ReviewTask.objects.filter(reviewed_at=None).count():
        yield (
            f"Exception: {waiting} operation{'s' if waiting > 1 else ''} that one person did without the"
            " second one still wait for a review."
        )
