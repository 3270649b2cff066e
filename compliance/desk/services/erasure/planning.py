"""Who somebody is altogether, and what an erasure would do: the dry run, which changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from compliance.desk.errors import ErasureNobodyError
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.personal_data import DataClass, Kept, PersonalDataHolder, Subject, holders

# One names the next: an address a tester, a tester their devices. Then nothing is new.
_ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One place.

    Attributes:
        holder: Which holder answers for it.
        data_class: What kind of data it is.
        holds: In words.
        place: A table, a key, a folder.
        count: How much of theirs is there.
        kept: What of it stays, on which ground, until when.
    """

    holder: str
    data_class: DataClass
    holds: str
    place: str
    count: int
    kept: tuple[Kept, ...]

    @property
    def goes(self) -> int:
        """How much would be erased."""
        return self.count - sum(each.count for each in self.kept)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure would do, place by place, with those that hold nothing: zero is an answer, too."""

    subject: Subject
    at: datetime
    lines: tuple[PlanLine, ...]

    @property
    def goes(self) -> int:
        """How much would be erased."""
        return sum(line.goes for line in self.lines)

    @property
    def kept(self) -> list[Kept]:
        """What would stay."""
        return [each for line in self.lines for each in line.kept]


def holders_in_order() -> list[PersonalDataHolder]:
    """Return the holders as they're erased: the log last, since what the others do is written into it."""
    return sorted(holders(), key=lambda holder: holder.data_class is DataClass.AUDIT)


def subject_widen(subject: Subject) -> Subject:
    """Add what else is known of somebody, by asking every holder until nothing is new.

    A device names its custom id, and that all others with the same one. Whoever proved one device alone
    mustn't get at those by it: devices say of themselves what they are called.

    Raises:
        ErasureNobodyError: Nothing is named that anybody could be found by.
    """
    if subject.is_nobody:
        raise ErasureNobodyError
    for _ in range(0 if subject.is_exact else _ROUNDS):
        wider = subject
        for holder in holders():
            wider = wider.joined(holder.related(wider))
        if wider == subject:
            break
        subject = wider
    return subject


def erasure_plan(subject: Subject, now: datetime) -> Plan:
    """Say what is held of somebody everywhere, what would go, and what would stay on which ground.

    Raises:
        ErasureNobodyError: Nothing is named that anybody could be found by.
    """
    wider = subject_widen(subject)
    return Plan(wider, now, tuple(line for holder in holders_in_order() for line in _lines(holder, wider)))


def _lines(holder: PersonalDataHolder, subject: Subject) -> Iterator[PlanLine]:
    kept = holder.kept(subject)
    for place, count in holder.find(subject).counts.items():
        yield PlanLine(
            holder=holder.name,
            data_class=holder.data_class,
            holds=holder.holds,
            place=place,
            count=count,
            kept=tuple(each for each in kept if each.place == place),
        )


def erasure_plan_record(*, plan: Plan, request: str, actor: Actor) -> None:
    """Put on record that somebody looked what is held of a person; counts only."""
    with transaction.atomic():
        audit_record(
            action=Action.ERASURE_PLANNED,
            actor=actor,
            now=plan.at,
            subject=("privacy_request", request),
            detail={"goes": plan.goes, "stays": sum(each.count for each in plan.kept)},
        )
