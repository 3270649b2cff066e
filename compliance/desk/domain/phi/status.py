"""What the register says of one thing: three answers that are never merged into one.

A single "encrypted: yes" would prove nothing. Whether something holds PHI, what protects it, and how that is
known are three questions; a report that mixes them can be right about all and still mislead.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PHIStatus(StrEnum):
    """Whether it holds PHI. Unknown is an answer of its own, and the beginning of everything."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Evidence(StrEnum):
    """How it's known: the console looked, somebody said so, or nobody did."""

    MEASURED = "measured"
    ATTESTED = "attested"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One line of the register.

    Attributes:
        name: What it is.
        status: Whether it holds PHI.
        why: Who or what says so.
        protection: What is applied.
        evidence: How that is known.
        is_bad: It holds PHI, or may, and what should protect it isn't there.
        at: When it was looked at, or said.
        link: Of the page about it, if it has one.
    """

    name: str
    status: PHIStatus
    why: str
    protection: str
    evidence: Evidence
    is_bad: bool = False
    at: datetime | None = None
    link: str = ""

    @property
    def tone(self) -> str:
        """How pages colour its status; never the only sign."""
        if self.is_bad:
            return "bad"
        return {PHIStatus.YES: "info", PHIStatus.NO: "good", PHIStatus.UNKNOWN: "warn"}[self.status]
