"""How a library is kept up: releases, maintainers, who else relies on it, who audited it. Pure.

What came with this release names its source and the day on which that was read. A gap is no verdict: nobody
looked. An officer's review takes its place, field by field.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final


class Maintenance(StrEnum):
    """Whether somebody looks after it."""

    ACTIVE = "active"
    SLOW = "slow"
    ENDED = "ended"

    @property
    def words(self) -> str:
        """As pages write it."""
        return _MAINTENANCE[self]


_MAINTENANCE: Final = {
    Maintenance.ACTIVE: "maintained",
    Maintenance.SLOW: "few releases, or few people",
    Maintenance.ENDED: "not maintained any more",
}


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What is known of one library; empty where nobody knows.

    Attributes:
        last_release_on: When its newest version came out; of what came with this release the month only.
        maintenance: Whether somebody looks after it.
        adoption: Who else relies on it.
        audits: Who audited it, when and what.
        common_criteria: Certificates under Common Criteria.
        read_on: When somebody looked.
        source: Where.
        last_release: The newest version, where that is known.
    """

    last_release_on: date | None = None
    maintenance: Maintenance | None = None
    adoption: str = ""
    audits: str = ""
    common_criteria: str = ""
    read_on: date | None = None
    source: str = ""
    last_release: str = ""

    def over(self, earlier: "Upkeep") -> "Upkeep":
        """Fill what this one says nothing of from an earlier one; the newer day and source stand."""
        names = ("last_release_on", "maintenance", "adoption", "audits", "common_criteria", "last_release")
        return replace(self, **{name: getattr(self, name) or getattr(earlier, name) for name in names})
