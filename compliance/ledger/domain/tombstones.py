"""What the event that says what was erased has to say, so that a permit to erase holds.

The permits themselves aren't in the tree. So that nobody can erase with a permit of his own making, the event
that it names, which is in the tree, has to say the same: of which entries, and what of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from compliance.ledger.domain.events import Action
from compliance.ledger.errors import VerificationError

# By the permit's kind, which event says so.
_TOMBSTONES: Final = {"retention": Action.CONTENT_EXPIRED, "privacy": Action.DISCLOSURES_ERASED}


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An event that says what was erased.

    Attributes:
        at: When it says that it was.
        content: What it tells; None: that was erased in its turn.
    """

    at: datetime
    action: str
    outcome: str
    content: bytes | None


def permit_check(
    tombstone: Tombstone, *, kind: str, disclosures_only: bool, name: str, places: Iterable[int]
) -> None:
    """Hold a permit against the event that it names.

    Args:
        tombstone: The event.
        kind: Why something was erased.
        disclosures_only: Whether contents stay.
        name: Of the values that may go; empty: all.
        places: Of the events that it's about.

    Raises:
        VerificationError: The event doesn't say that.
    """
    if tombstone.action != _TOMBSTONES.get(kind) or tombstone.outcome != "done":
        raise VerificationError(f"doesn't say that something was erased for {kind}")
    if tombstone.content is None:
        return
    try:
        facts = msgspec.json.decode(tombstone.content)["facts"]
        told = [range(first, last + 1) for first, last in facts["sequences"]]
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError) as exc:
        raise VerificationError("doesn't say what was erased") from exc
    if not _says_what(facts, kind=kind, disclosures_only=disclosures_only, name=name):
        raise VerificationError("says that something else was erased")
    for place in places:
        if not any(place in some for some in told):
            raise VerificationError(f"doesn't say that entry {place} lost anything")


def _says_what(facts: dict[str, Any], *, kind: str, disclosures_only: bool, name: str) -> bool:
    if kind == "retention":
        return not name and facts.get("what") == ("disclosures" if disclosures_only else "content")
    fields = facts.get("fields")
    return disclosures_only and (name in fields if isinstance(fields, list) else not name)
