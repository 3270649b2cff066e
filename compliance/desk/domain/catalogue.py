"""The catalogue of events: what can be recorded, in words, with what it tells."""

from dataclasses import dataclass
from typing import Any, Final

from compliance.desk.domain.event_facts import FACTS
from compliance.desk.domain.log_search import SOURCES, actions_of
from compliance.ledger.domain.commitments import COMMITTED
from compliance.ledger.domain.critical import CRITICAL
from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.domain.phrases import phrase

COLUMNS: Final = ("Code", "Source", "What happened", "Facts", "Erasable", "Critical")


@dataclass(frozen=True, slots=True)
class EventKind:
    """One action.

    Attributes:
        code: As the log spells it; never renamed or used for something else.
        source: Which part of the console records it.
        words: What somebody did.
        facts: Names of what such an event can tell in the log itself.
        erasable: Names of what rests beside it, and can be erased.
        is_critical: Whether what was done waited until the log had it under a signed checkpoint.
    """

    code: str
    source: str
    words: str
    facts: tuple[str, ...]
    erasable: tuple[str, ...]
    is_critical: bool

    def cells(self) -> tuple[str, ...]:
        """Write it as a row under `COLUMNS`."""
        critical = "yes" if self.is_critical else "no"
        return self.code, self.source, self.words, ", ".join(self.facts), ", ".join(self.erasable), critical

    def document(self) -> dict[str, Any]:
        """Write it for machines."""
        return {
            "code": self.code,
            "source": self.source,
            "words": self.words,
            "facts": list(self.facts),
            "erasable": list(self.erasable),
            "critical": self.is_critical,
        }


def catalogue() -> tuple[EventKind, ...]:
    """List every action, in the order of the vocabulary."""
    return tuple(_kind(action) for action in Action)


def catalogue_by_source() -> list[tuple[str, list[EventKind]]]:
    """The same under the titles of its sources."""
    kinds = {kind.code: kind for kind in catalogue()}
    return [(title, [kinds[code] for code in actions_of(source)]) for source, title in SOURCES.items()]


def catalogue_document() -> str:
    """Write docs/audit-events.md."""
    lines = [_TOP]
    for title, kinds in catalogue_by_source():
        lines.append(f"\n## {title}\n\n| Code | Somebody… | Facts | Erasable |\n|---|---|---|---|\n")
        lines += [f"| {' | '.join(_row(kind))} |\n" for kind in kinds]
    return "".join(lines)


_TOP: Final = """# What the audit log records

All events, by the part of the console that records them. `manage.py audit_catalogue`
writes this page, and a test compares it with the code. The console has it too, at
`/console/compliance/log/events/`, and as CSV and JSON.

A code is `source:subject:action`. It's never renamed, and never used for something else. Every event says
when, who (by number), what, to what, in which app, and how it ended: `done`, `denied` or `failed`. Beyond
that it can tell the facts named here. Those under *erasable* are personal values and free text: they rest
beside the log and can be erased while the entry goes on proving itself ([audit-log.md](audit-log.md)). A
star: what was done waited until the log had it under a signed checkpoint.
"""


def _kind(action: Action) -> EventKind:
    told = FACTS.get(action, ())
    return EventKind(
        code=action.value,
        source=action.value.partition(":")[0],
        words=phrase(action.value, Outcome.DONE.value),
        facts=tuple(name for name in told if name not in COMMITTED),
        erasable=tuple(name for name in told if name in COMMITTED),
        is_critical=action in CRITICAL,
    )


def _row(kind: EventKind) -> tuple[str, ...]:
    star = " ★" if kind.is_critical else ""
    return f"`{kind.code}`{star}", kind.words, _names(kind.facts), _names(kind.erasable)


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
