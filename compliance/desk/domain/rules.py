"""The rules that the product quotes, each with its section, the text that was read, and whom to ask.

Nothing here is legal advice: what a page or a letter says of a rule is what the text of that year says, and
`CAVEAT` goes with it.
"""

from dataclasses import dataclass
from typing import Final

TEXT_READ: Final = "2023"
CAVEAT: Final = "confirm with counsel"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as the product says it.

    Attributes:
        section: Where it stands.
        says: What it says, in our words.
        text: Year of the text that was read; empty: it wasn't read, others say so.
    """

    section: str
    says: str
    text: str = TEXT_READ

    @property
    def citation(self) -> str:
        """The section with the text that was read, and the caveat: never one without the other."""
        read = f"text of {self.text}" if self.text else "text not read"
        return f"{self.section}, {read}; {CAVEAT}"


ACKNOWLEDGE: Final = Rule("11 CCR § 7021(a)", "A request is acknowledged within 10 business days of receipt.")
ANSWER: Final = Rule(
    "11 CCR § 7021(b)",
    "It's answered within 45 calendar days of receipt. Verifying identity doesn't stop the clock.",
)
EXTEND: Final = Rule(
    "Cal. Civ. Code § 1798.130(a)(2)(A)",
    "One extension, to 90 days in all, with notice and reason given inside the first 45 days.",
)
OPT_OUT: Final = Rule(
    "11 CCR §§ 7026, 7027", "An opt-out or a limit is done within 15 business days of receipt.", text=""
)
NO_IDENTITY: Final = Rule(
    "11 CCR §§ 7060(b), 7027(e)", "Whoever opts out or limits isn't asked to prove who they are."
)
KEEP: Final = Rule("11 CCR § 7101(a)", "Records of requests and answers are kept for 24 months.")
METRICS: Final = Rule(
    "11 CCR § 7102",
    "Received, complied with in whole or in part, denied, and the median or mean days, for each year.",
)
