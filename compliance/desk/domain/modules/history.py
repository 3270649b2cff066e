"""Evidence over time: what was found in which process on which day, and whether that changed. Pure.

What is kept is what was measured, so that somebody can be shown later that a state held. A day without a
record proves nothing, and is shown as that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from compliance.desk.domain.modules.evidence import STANDING_WORDS, Standing
from releaseconsole.kernel.encoding import canonical_json, sha256_hex

# What the audit log calls a record; its id is the digest of the document.
EVIDENCE_SUBJECT: Final = "module_evidence"


class ProcessRole(StrEnum):
    """Which kind of process measured itself: each has libraries of its own, and may be set up differently."""

    WEB = "web"
    WORKER = "worker"
    BEAT = "beat"


@dataclass(frozen=True, slots=True)
class Finding:
    """One record.

    Attributes:
        taken_at: When it was measured.
        role: By which kind of process.
        host: On which machine.
        standing: What it came to.
        facts: Digest of what was found, times and numbers of processes left out.
        sha256: Digest of the whole record.
        is_on_log: Whether the audit log has an entry with this digest. Without one it shows nothing.
    """

    taken_at: datetime
    role: ProcessRole
    host: str
    standing: Standing
    facts: str
    sha256: str
    is_on_log: bool

    @property
    def place(self) -> tuple[ProcessRole, str]:
        """Whose record it is."""
        return self.role, self.host

    @property
    def words(self) -> str:
        """What it came to, as pages write it."""
        return STANDING_WORDS[self.standing]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one process; without findings nobody measured."""

    on: date
    findings: tuple[Finding, ...]
    has_changed: bool

    @property
    def standing(self) -> Standing | None:
        """The worst that was found; None: nothing."""
        found = {each.standing for each in self.findings}
        return next((each for each in Standing if each in found), None)

    @property
    def is_on_log(self) -> bool:
        """Whether the audit log has all of it."""
        return all(each.is_on_log for each in self.findings)

    @property
    def words(self) -> str:
        """What the day came to, in words."""
        if self.standing is None:
            return "not measured"
        said = STANDING_WORDS[self.standing]
        if not self.is_on_log:
            said += ", but the audit log says something else"
        return f"{said}, changed" if self.has_changed else said


@dataclass(frozen=True, slots=True)
class Strip:
    """The days of one kind of process on one machine, oldest first."""

    role: ProcessRole
    host: str
    days: tuple[Day, ...]

    @property
    def missing(self) -> int:
        """Days on which nobody measured."""
        return sum(not day.findings for day in self.days)

    @property
    def changes(self) -> int:
        """Days on which something else was found than before."""
        return len(self.changed)

    @property
    def changed(self) -> tuple[Day, ...]:
        """Those days."""
        return tuple(day for day in self.days if day.has_changed)


def facts_digest(document: Mapping[str, Any]) -> str:
    """Digest what two measurements have in common where nothing changed: no times, no process, no wording."""
    facts = {
        "require_fips": document["require_fips"],
        "standing": document["standing"],
        "reasons": document["reasons"],
        "libraries": [_outcomes(library, ("attempts",)) for library in document["libraries"]],
        "paths": [
            (path["path"], path["used"], path["mode"], path["test"] and path["test"]["worked"])
            for path in document["paths"]
        ],
        "certificates": [_outcomes(each, ("doubts",)) for each in document["certificates"]],
    }
    return sha256_hex(canonical_json(facts))


def _outcomes(part: Mapping[str, Any], without: Sequence[str]) -> dict[str, Any]:
    kept = {name: value for name, value in part.items() if name not in without}
    tried = [(each["what"], each["worked"]) for each in part.get("attempts", ())]
    return {**kept, "tried": tried}


def strips_of(findings: Sequence[Finding], *, first: date, last: date) -> tuple[Strip, ...]:
    """Lay findings out day by day, for each process of its own.

    Args:
        findings: In the order of their times. Those before `first` only say what was so before.
        first: The first day to show.
        last: The last.
    """
    places = dict.fromkeys(each.place for each in findings if each.taken_at.date() >= first)
    return tuple(
        Strip(*place, _days([each for each in findings if each.place == place], first, last))
        for place in sorted(places)
    )


def _days(findings: Sequence[Finding], first: date, last: date) -> tuple[Day, ...]:
    days, before = [], next((each for each in reversed(findings) if each.taken_at.date() < first), None)
    for offset in range((last - first).days + 1):
        on = first + timedelta(days=offset)
        found = tuple(each for each in findings if each.taken_at.date() == on)
        seen = [each.facts for each in ((before, *found) if before else found)]
        days.append(Day(on, found, len(set(seen)) > 1))
        before = found[-1] if found else before
    return tuple(days)
