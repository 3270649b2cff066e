"""What the audit log holds of people: the values that events only commit to (docs/audit-log-retention.md).

Events name people by number, in bytes that a Merkle tree has hashed and nobody can take out. What the number
stands for goes with the person; the values beside the events go from here, and every proof stays good.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from compliance.ledger.domain.events import SYSTEM, Action, ActorKind
from compliance.ledger.models import AuditDisclosure, LegalHold
from compliance.ledger.selectors.disclosures import disclosures_about
from compliance.ledger.selectors.holds import events_held
from compliance.ledger.services.erasure import disclosures_erase
from releaseconsole.kernel import clock
from releaseconsole.personal_data import (
    DataClass,
    Found,
    Identifier,
    Kept,
    MentionsHolder,
    Row,
    Subject,
    field_label,
    holder_register,
    needles_of,
    own_words_register,
    table_name,
)

_PLACE: Final = table_name(AuditDisclosure)


def ledger_holders_register() -> None:
    """Declare them, and that an action's name is nobody's."""
    own_words_register("ledger", lambda asked: {action.value for action in Action} & set(asked))
    holder_register(Disclosures())
    holder_register(
        MentionsHolder.of(
            "reasons of legal holds",
            (),
            bound=((LegalHold, ("reason", "lifted_reason")),),
            retention="For good.",
        )
    )


class Disclosures:
    """Personal values and free texts of events: of what was done to somebody, and whatever names them."""

    name: Final = "values of audit events"
    data_class: Final = DataClass.AUDIT
    holds: Final = (
        "Addresses, names, reasons, notes and ids that events commit to by a salted digest, and nothing else "
        "of a person. Events themselves name people and testers by number."
    )
    retention: Final = "For `AUDIT_DISCLOSURE_DAYS` (731 days), longer under a legal hold."
    fields: Sequence[str] = (field_label(AuditDisclosure, "value"),)

    def find(self, subject: Subject, /) -> Found:
        """Count the values."""
        return Found({_PLACE: sum(map(len, _about(subject).values()))})

    def export(self, subject: Subject, /) -> Iterator[Row]:
        """Give the values of what was done to them, and those that name them.

        Yields:
            One value at a time.
        """
        about = _about(subject)
        for event, names in about.items():
            rows = AuditDisclosure.objects.filter(event=event, name__in=names).select_related("event")
            for row in rows:
                yield Row(_PLACE, {"at": row.event.at, "action": row.event.action, row.name: row.value})

    def erase(self, subject: Subject, request: str, /) -> Found:
        """Erase the values that no legal hold covers; the log says how many, and that it was done."""
        gone = 0
        now = clock.now()
        for names, events in _by_names(_free(subject)).items():
            gone += disclosures_erase(events=events, names=names, request=request, actor=SYSTEM, now=now)
        return Found({_PLACE: gone})

    def kept(self, subject: Subject, /) -> Sequence[Kept]:
        """Say what a legal hold keeps."""
        about = _about(subject)
        count = sum(len(about[number]) for number in events_held(list(about)))
        why = "A legal hold covers these events."
        if not count:
            return []
        return [Kept(_PLACE, count, "1798.105(d)(8)", why, "the hold is lifted", in_clear=True)]

    def related(self, subject: Subject, /) -> Subject:  # noqa: ARG002 (nothing that isn't known elsewhere)
        """Learn nothing from the log."""
        return Subject()

    def everybody(self) -> Iterable[tuple[Identifier, Subject]]:
        """Name nobody: who isn't in the other tables any more is found by what those name."""
        return ()


def _about(subject: Subject) -> dict[int, frozenset[str]]:
    objects = [(ActorKind.TESTER.value, str(each)) for each in sorted(subject.tester_ids)]
    if subject.person_id is not None:
        objects.append((ActorKind.PERSON.value, str(subject.person_id)))
    return disclosures_about(objects=objects, needles=needles_of(subject))


def _free(subject: Subject) -> dict[int, frozenset[str]]:
    about = _about(subject)
    held = events_held(list(about))
    return {event: names for event, names in about.items() if event not in held}


def _by_names(about: dict[int, frozenset[str]]) -> dict[frozenset[str], list[int]]:
    """Put events together that lose values of the same names: a permit names them."""
    grouped: dict[frozenset[str], list[int]] = {}
    for event, names in about.items():
        grouped.setdefault(names, []).append(event)
    return grouped
