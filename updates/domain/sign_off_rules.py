"""Which sign-offs a channel wants, what changing that amounts to, and whether people could give them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Final

from accounts.domain.roles import INSIDER_ROLES, Role
from updates.errors import InvalidValueError

MOST: Final = 20
ANYONE: Final = ""


@dataclass(frozen=True, slots=True, order=True)
class Requirement:
    """So many people of a role; each person counts for one requirement only.

    Attributes:
        role: Value of the role; empty: anyone who may sign off.
        count: How many.
    """

    role: str
    count: int

    @property
    def words(self) -> str:
        """How pages write it."""
        return f"{self.count} by {Role(self.role).words if self.role else 'anyone who may sign off'}"


def requirements_check(requirements: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Return the requirements in order, if a channel may have them.

    Raises:
        InvalidValueError: A role is none that could sign, or named twice, or a number is out of bounds.
    """
    found = tuple(sorted(requirements))
    roles = [each.role for each in found]
    if any(role != ANYONE and role not in INSIDER_ROLES for role in roles):
        raise InvalidValueError("Sign-offs can be asked of the console's own roles only.")
    if len(set(roles)) < len(roles):
        raise InvalidValueError("Each role is named once.")
    if any(not 1 <= each.count <= MOST for each in found):
        raise InvalidValueError(f"Ask for 1 to {MOST} people of a role.")
    return found


def is_weaker(before: Iterable[Requirement], after: Iterable[Requirement]) -> bool:
    """Say whether fewer, or other, people would be enough than `before`."""
    asked = {each.role: each.count for each in after}
    return any(asked.get(each.role, 0) < each.count for each in before)


def is_satisfiable(requirements: Collection[Requirement], people: Iterable[Collection[str]]) -> bool:
    """Say whether enough people exist, each counting once; `people` are the roles of each who may sign off.

    By Hall's theorem that is so when for no choice of requirements the people who count for any of them are
    fewer than they ask for together. There are few roles, so all choices are looked at.
    """
    held = [frozenset(roles) for roles in people]
    choices = chain.from_iterable(combinations(requirements, size + 1) for size in range(len(requirements)))
    return all(sum(each.count for each in chosen) <= _counting(chosen, held) for chosen in choices)


def _counting(chosen: Collection[Requirement], held: Iterable[frozenset[str]]) -> int:
    """Count the people who could sign for one of these."""
    roles = {each.role for each in chosen}
    return sum(1 for own in held if ANYONE in roles or own & roles)
