"""How the event that says what was erased spells it: one line for each permit that names this event.

The permits themselves aren't in the tree. So that nobody can erase with a permit of his own making, the fact
that is in the tree has to say the same.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from compliance.ledger.domain.events import Action

# By the permit's kind, what its event may be.
TOMBSTONES: Final[dict[str, frozenset[Action]]] = {
    "retention": frozenset({Action.CONTENT_EXPIRED}),
    "privacy": frozenset({Action.DISCLOSURES_ERASED, Action.TESTER_ERASED}),
}
ERASED_FACT: Final = "erased"


class Permit(NamedTuple):
    """What a row of `AuditErasure` permits: numbers of events, and what of them may go."""

    first: int
    last: int
    disclosures_only: bool
    name: str

    @property
    def told(self) -> list[Any]:
        """Its line in the event's facts."""
        if not self.disclosures_only:
            return [self.first, self.last, "content"]
        return [self.first, self.last, f"disclosure:{self.name}" if self.name else "disclosures"]


def erased_fact(permits: Iterable[Permit]) -> dict[str, Any]:
    """Write the fact that the event of these permits has to hold."""
    return {ERASED_FACT: [permit.told for permit in permits]}
