"""Which sign-offs a release still needs: pure counting of who signed for which role."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.domain.roles import Role


@dataclass(frozen=True, slots=True)
class Missing:
    """Sign-offs that are still to be given for one role; an empty role is anyone's who may sign."""

    role: str
    count: int

    @property
    def words(self) -> str:
        """How pages and errors write it."""
        who = Role(self.role).words if self.role else "anyone who may sign off"
        return f"{self.count} by {who}"


@dataclass(frozen=True, slots=True)
class SignOffStanding:
    """How far a release's sign-offs are, of the revision that it has now.

    Attributes:
        required: How many each role has to give; empty: none is needed.
        missing: What is still to be given.
        rejected: Somebody said no to this revision.
    """

    required: Mapping[str, int]
    missing: tuple[Missing, ...]
    rejected: bool

    @property
    def complete(self) -> bool:
        """Whether nothing is missing and nobody said no."""
        return not self.missing and not self.rejected


def standing_of(
    required: Mapping[str, int], signed_for: Iterable[str], *, rejected: bool = False
) -> SignOffStanding:
    """Count; each sign-off counts for the one role that it was given for."""
    given = Counter(signed_for)
    missing = tuple(
        Missing(role, count - given[role]) for role, count in sorted(required.items()) if count > given[role]
    )
    return SignOffStanding(required=dict(required), missing=missing, rejected=rejected)


def required_of(requirements: Mapping[str, int], *, native_override: bool) -> dict[str, int]:
    """What a release needs: what its channel wants, and at least one where it overrides native checks."""
    if requirements or not native_override:
        return dict(requirements)
    return {"": 1}
