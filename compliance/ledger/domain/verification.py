"""What a verification of the log says: findings in words, what couldn't be checked, and the outcome.

A finding is for people who look for what was done to the log, so it names the entry and what is wrong with
it. What can't be checked is never passed over as if it held: it's an outcome of its own.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from compliance.ledger.domain.checkpoints import Checkpoint
from compliance.ledger.domain.spellings import base64_write

# Of what `--json` prints: it rises when a member changes its meaning or goes.
SCHEMA: Final = 1


class Check(StrEnum):
    """What was looked at."""

    ENTRY = "entry"
    COLUMNS = "columns"
    CONTENT = "content"
    DISCLOSURE = "disclosure"
    ERASURE = "erasure"
    PLACE = "place"
    TILE = "tile"
    CHECKPOINT = "checkpoint"
    EPOCH = "epoch"
    WITNESS = "witness"
    NOTE = "note"
    PROOF = "proof"
    HOLD = "hold"


class Verdict(StrEnum):
    """How a verification ended."""

    HOLDS = "holds"
    FAILS = "fails"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        check: What was looked at.
        said: What is wrong, in words.
        sequence: The first entry that it can be about, where it's about entries.
        until: The last one, where it can't be told which of several it is.
    """

    check: Check
    said: str
    sequence: int | None = None
    until: int | None = None


class Findings:
    """Collects findings, the first ones in full; all are counted, and the first bad entry is always known."""

    def __init__(self, most: int) -> None:
        self._most: Final = most
        self._kept: list[Finding] = []
        self._first: Finding | None = None  # of those that name one entry
        self._first_range: Finding | None = None
        self.total = 0

    def add(self, check: Check, said: str, sequence: int | None = None, until: int | None = None) -> None:
        """Note one."""
        finding = Finding(check, said, sequence, until)
        self.total += 1
        if len(self._kept) < self._most:
            self._kept.append(finding)
        if until is not None and _place(finding) < _place(self._first_range):
            self._first_range = finding
        elif until is None and _place(finding) < _place(self._first):
            self._first = finding

    @property
    def first_bad(self) -> int | None:
        """The first entry that something is wrong with.

        Where it's only known to be one of several, that's the first of those, unless one of them is named.
        """
        finding = self._first_finding()
        return None if finding is None else finding.sequence

    def listed(self) -> list[Finding]:
        """List those that were kept, by entry; the one about the first bad entry is always among them."""
        kept, first = self._kept, self._first_finding()
        if first is not None and first not in kept:
            kept = [*kept[:-1], first]
        return sorted(kept, key=_place)

    def _first_finding(self) -> Finding | None:
        within = self._first_range
        if within is None or within.until is None or _place(self._first) <= within.until:
            return self._first
        return within


def _place(finding: Finding | None) -> float:
    return float("inf") if finding is None or finding.sequence is None else finding.sequence


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found.

    Attributes:
        since: Entries that were trusted, by a signed checkpoint, and not looked at again; 0: none.
        size: Entries in the log when it began.
        checkpoint: The newest one that holds.
        first_bad: The first entry that something is wrong with.
        total: How many findings there are; `findings` may hold fewer.
        unchecked: What couldn't be checked, and why.
    """

    began_at: datetime
    since: int
    size: int
    checkpoint: Checkpoint | None
    first_bad: int | None
    total: int
    findings: Sequence[Finding] = ()
    unchecked: Sequence[str] = field(default_factory=tuple)

    @property
    def verdict(self) -> Verdict:
        """How it ended: something wrong outweighs what couldn't be checked."""
        if self.total:
            return Verdict.FAILS
        return Verdict.UNCHECKED if self.unchecked else Verdict.HOLDS

    @property
    def entries(self) -> int:
        """How many entries were looked at."""
        return self.size - self.since

    def as_json(self, *, ended_at: datetime) -> dict[str, Any]:
        """Write it for machines (docs/audit-log-verification.md)."""
        signed = self.checkpoint
        return {
            "schema": SCHEMA,
            "outcome": self.verdict.value,
            "began_at": self.began_at.isoformat(),
            "ended_at": ended_at.isoformat(),
            "since": self.since,
            "size": self.size,
            "entries": self.entries,
            "checkpoint": signed
            and {"origin": signed.origin, "size": signed.size, "root": base64_write(signed.root)},
            "first_bad_sequence": self.first_bad,
            "findings_total": self.total,
            "findings": [asdict(finding) for finding in self.findings],
            "unchecked": list(self.unchecked),
        }
