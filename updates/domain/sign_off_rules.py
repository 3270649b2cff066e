"""Which sign-offs a channel wants, and what changing that amounts to."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Requirement:
    """So many people of a role; each person counts for one requirement only.

    Attributes:
        role: Value of the role; empty: anyone who may sign off.
        count: How many.
    """

    role: str
    count: int


def is_weaker(before: Iterable[Requirement], after: Iterable[Requirement]) -> bool:
    """Say whether fewer, or other, people would be enough than `before`."""
    asked = {each.role: each.count for each in after}
    return any(asked.get(each.role, 0) < each.count for each in before)
