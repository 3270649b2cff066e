"""What devices of an app with PHI sent and shouldn't have, as it's marked on its way to the counters.

No value is kept, nor whose it was: a mark is counted by app and hour, beside the other rollups. The names of
the counters are the rules of the enforcement matrix (`compliance.ledger.domain.phi_rules`, docs/phi.md).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from updates.domain.rollups import Place, RollupKey, rollup_key


class PHIMark(StrEnum):
    """One thing that was dropped from what a device said, or for which it was refused."""

    CUSTOM_ID = "phi.custom_id.dropped"
    DETAIL = "phi.detail.dropped"
    TRANSPORT = "phi.transport.refused"
    PLAINTEXT = "phi.token.plaintext_refused"


# Then there's nothing else to store: the device got no answer.
REFUSALS: Final = frozenset({PHIMark.TRANSPORT, PHIMark.PLAINTEXT})
# No report can take this name: an action has no colon.
_COUNTER: Final = "console:"
COUNTED_AS: Final[Mapping[str, PHIMark]] = {f"{_COUNTER}{mark}": mark for mark in PHIMark}


def phi_key(app_id: str, at_ms: int, mark: str) -> RollupKey:
    """Name the counter of one mark."""
    return rollup_key(app_id, at_ms, Place("", ""), f"{_COUNTER}{mark}")
