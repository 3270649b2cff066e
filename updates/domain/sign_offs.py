"""Which sign-offs a release still needs: pure counting of who signed for which role."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from accounts.domain.roles import Role
from updates.domain.sign_off_rules import Requirement

# What a release needs that overrides the check of native plugins, where its channel wants nothing.
_OVERRIDE_NEEDS: Final = (Requirement(role="", count=1),)


@dataclass(frozen=True, slots=True)
class Missing:
    """Sign-offs that are still to be given for one role; an empty role is anyone's who may sign off."""

    role: str
    count: int

    @property
    def words(self) -> str:
        """How pages and errors write it."""
        return f"{self.count} by {role_words(self.role)}"


@dataclass(frozen=True, slots=True)
class SignOffStanding:
    """How far a release's sign-offs are, of the revision that it has now.

    Attributes:
        required: How many each role has to give; empty: none is needed.
        missing: What is still to be given.
    """

    required: tuple[Requirement, ...]
    missing: tuple[Missing, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def standing_of(required: Iterable[Requirement], signed_for: Iterable[str]) -> SignOffStanding:
    """Count; each sign-off counts for the one role that it was given for, and for no other."""
    given, wanted = Counter(signed_for), tuple(sorted(required))
    missing = tuple(
        Missing(each.role, each.count - given[each.role]) for each in wanted if each.count > given[each.role]
    )
    return SignOffStanding(required=wanted, missing=missing)


def required_of(requirements: Iterable[Requirement], *, native_override: bool) -> tuple[Requirement, ...]:
    """What a release needs: what its channel wants, and at least one where it overrides native checks."""
    wanted = tuple(requirements)
    return _OVERRIDE_NEEDS if native_override and not wanted else wanted


def roles_to_sign_for(missing: Iterable[Missing], held: Iterable[str]) -> tuple[str, ...]:
    """Name the roles that somebody's word could count for; those that fewer people hold come first."""
    roles = frozenset(held)
    return tuple(sorted((one.role for one in missing if not one.role or one.role in roles), reverse=True))


def role_words(role: str) -> str:
    """How pages write who signs."""
    return Role(role).words if role else "anyone who may sign off"
