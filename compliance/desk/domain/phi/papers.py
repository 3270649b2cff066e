"""What HIPAA wants written down beside the measures: contracts with associates, and addressable decisions."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

# A review that comes closer than this is due soon.
SOON: Final = timedelta(days=30)


class ReviewState(StrEnum):
    """How a paper stands with its review."""

    CURRENT = "current"
    SOON = "due soon"
    OVERDUE = "overdue"
    ENDED = "ended"


class Decision(StrEnum):
    """What 45 CFR 164.306(d)(3) leaves to choose of an addressable specification; never to ignore it."""

    IMPLEMENT = "implement"
    ALTERNATIVE = "alternative"
    NEITHER = "neither"

    @property
    def words(self) -> str:
        """As pages write it."""
        return _WORDS[self]


_WORDS: Final = {
    Decision.IMPLEMENT: "implemented",
    Decision.ALTERNATIVE: "an equivalent alternative",
    Decision.NEITHER: "not reasonable and appropriate, and no alternative needed",
}

# The addressable specifications of 45 CFR 164.312 (text of 2003, as amended in 2013).
SPECIFICATIONS: Final[dict[str, str]] = {
    "164.312(a)(2)(iii)": "Automatic logoff",
    "164.312(a)(2)(iv)": "Encryption and decryption at rest",
    "164.312(c)(2)": "Mechanism to authenticate health information",
    "164.312(e)(2)(i)": "Integrity of transmissions",
    "164.312(e)(2)(ii)": "Encryption of transmissions",
    "164.308(a)(3)(ii)(A)": "Authorization and supervision of the workforce",
    "164.308(a)(3)(ii)(B)": "Workforce clearance",
    "164.308(a)(3)(ii)(C)": "Termination of access",
    "164.308(a)(4)(ii)(B)": "Access authorization",
    "164.308(a)(4)(ii)(C)": "Access establishment and modification",
    "164.308(a)(5)(ii)(A)": "Security reminders",
    "164.308(a)(5)(ii)(B)": "Protection from malicious software",
    "164.308(a)(5)(ii)(C)": "Monitoring of sign-ins",
    "164.308(a)(5)(ii)(D)": "Password management",
    "164.308(a)(7)(ii)(D)": "Testing and revision of contingency plans",
    "164.308(a)(7)(ii)(E)": "Analysis of what is critical",
    "164.310(a)(2)(i)": "Contingency operations",
    "164.310(a)(2)(ii)": "Facility security plan",
    "164.310(a)(2)(iii)": "Access control and validation",
    "164.310(a)(2)(iv)": "Maintenance records",
    "164.310(d)(2)(iii)": "Accountability for hardware and media",
    "164.310(d)(2)(iv)": "Backup and storage of data",
}


def review_state(*, review_on: date, today: date, has_ended: bool) -> ReviewState:
    """Say how a paper stands with its review."""
    if has_ended:
        return ReviewState.ENDED
    if review_on < today:
        return ReviewState.OVERDUE
    return ReviewState.SOON if review_on - today <= SOON else ReviewState.CURRENT
