"""After a restore: erasing again who had been erased (11 CCR 7022(d)).

A restored database holds people who were erased since it was written, and a suppression list from before. The
file beside the database knows better; its hashes are compared with everybody who is in the database now.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import transaction

from compliance.desk.models import ErasureRun
from compliance.desk.services.erasure.running import erasure_run_through, erasure_start
from compliance.desk.services.erasure.suppression import (
    DatabaseSuppressionList,
    suppression_file_import,
    suppression_file_update,
)
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.personal_data import Identifier, Subject, holders

_AT_ONCE: Final = 5000


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did.

    Attributes:
        learned: Entries of the list that the database didn't have.
        runs: The erasures that were done again, one for each request.
    """

    learned: int
    runs: tuple[ErasureRun, ...]


def erasures_replay(*, actor: Actor, now: datetime) -> Replayed:
    """Erase everybody again who is on the list and in the database; may be repeated.

    Raises:
        SuppressionFileError: The file can't be read.
    """
    learned = suppression_file_import()
    suppression_file_update()
    people = _found_again()
    runs = tuple(
        erasure_run_through(erasure_start(request, _as_listed(subject), actor, now, is_replay=True))
        for request, subject in sorted(people.items(), key=lambda item: item[0])
    )
    with transaction.atomic():
        audit_record(
            action=Action.ERASURES_REPLAYED,
            actor=actor,
            now=now,
            detail={"learned": learned, "erasures": len(runs)},
        )
    return Replayed(learned, runs)


def _found_again() -> dict[str, Subject]:
    """Put together by request who is in the database and shouldn't be."""
    listed = DatabaseSuppressionList()
    found: dict[str, Subject] = {}
    for some in _in_parts(_everybody()):
        known = dict(some)
        for identifier, request in listed.requests_of(list(known)).items():
            found[request] = found.get(request, Subject()).joined(known[identifier])
    return found


def _as_listed(subject: Subject) -> Subject:
    """Leave a device alone that is listed without a custom id: others with the same one were never erased."""
    return replace(subject, is_exact=subject == Subject(devices=subject.devices))


def _everybody() -> Iterator[tuple[Identifier, Subject]]:
    for holder in holders():
        yield from holder.everybody()


def _in_parts(
    people: Iterator[tuple[Identifier, Subject]],
) -> Iterator[list[tuple[Identifier, Subject]]]:
    while some := list(islice(people, _AT_ONCE)):
        yield some
