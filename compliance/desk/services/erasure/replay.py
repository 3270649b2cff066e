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

from accounts.models import User
from compliance.desk.errors import SuppressionListShorterError
from compliance.desk.models import ErasureRun
from compliance.desk.models.erasures import UNDER_WAY, ErasureState
from compliance.desk.services.erasure.running import erasure_resume, erasure_run_through, erasure_start
from compliance.desk.services.erasure.suppression import (
    DatabaseSuppressionList,
    Lacking,
    suppression_file_import,
    suppression_file_lacking,
    suppression_file_update,
)
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.personal_data import Identifier, Subject, holders
from updates.models import Tester

_AT_ONCE: Final = 5000


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did.

    Attributes:
        learned: Entries of the list that the database didn't have.
        runs: The erasures that were done again, one for each request, and those that an earlier replay left.
    """

    learned: int
    runs: tuple[ErasureRun, ...]


def erasures_replay(*, actor: Actor, now: datetime, accepts_shorter: bool = False) -> Replayed:
    """Erase everybody again who is on the list and in the database; may be repeated.

    Args:
        actor: Who has it done.
        now: When.
        accepts_shorter: Take a list for whole from which something is missing; that goes on record.

    Raises:
        SuppressionFileError: The file can't be read.
        SuppressionListShorterError: It lists nobody, or lacks what this database knows.
    """
    lacking = suppression_file_lacking()
    if lacking and not accepts_shorter:
        raise SuppressionListShorterError(_what_lacks(lacking))
    learned = suppression_file_import()
    suppression_file_update()
    left = _left_by_earlier_ones(actor, now)
    waiting = {run.request for run in left if run.state != ErasureState.DONE}
    people = {request: each for request, each in _found_again().items() if request not in waiting}
    runs = (
        *left,
        *(
            erasure_run_through(erasure_start(request, _as_listed(subject), actor, now, is_replay=True))
            for request, subject in sorted(people.items(), key=lambda item: item[0])
        ),
    )
    with transaction.atomic():
        audit_record(
            action=Action.ERASURES_REPLAYED,
            actor=actor,
            now=now,
            detail={
                "learned": learned,
                "erasures": len(runs),
                **({"lacking": lacking.entries, "list_empty": lacking.is_empty} if lacking else {}),
            },
        )
    return Replayed(learned, runs)


def _what_lacks(lacking: Lacking) -> str:
    if lacking.is_empty:
        return "PRIVACY_LIST_FILE lists nobody, or isn't there: bring the last copy of it."
    return f"PRIVACY_LIST_FILE lacks {lacking.entries} entries that this database has: bring the last copy."


def _left_by_earlier_ones(actor: Actor, now: datetime) -> list[ErasureRun]:
    """Go on with replays that didn't come to their end; nothing else resumes one that is stuck."""
    runs = ErasureRun.objects.filter(is_replay=True, state__in=UNDER_WAY).order_by("started_at", "pk")
    for run in runs:
        erasure_resume(run=run, actor=actor, now=now)
    return [erasure_run_through(run) for run in runs]


def _found_again() -> dict[str, Subject]:
    """Put together by request who is in the database and shouldn't be."""
    listed = DatabaseSuppressionList()
    found: dict[str, Subject] = {}
    for some in _in_parts(_everybody()):
        known = dict(some)
        for identifier, (request, since) in listed.entries_of(list(known)).items():
            if not _came_later(known[identifier], since):
                found[request] = found.get(request, Subject()).joined(known[identifier])
    return found


def _as_listed(subject: Subject) -> Subject:
    """Leave a device alone that is listed without a custom id: others with the same one were never erased."""
    return replace(subject, is_exact=subject == Subject(devices=subject.devices))


def _came_later(subject: Subject, since: datetime) -> bool:
    """Whether a row was made after its address was erased: it's of somebody who was taken in anew."""
    if subject.person_id is not None:
        return User.objects.filter(pk=subject.person_id, created_at__gt=since).exists()
    return Tester.objects.filter(pk__in=subject.tester_ids, created_at__gt=since).exists()


def _everybody() -> Iterator[tuple[Identifier, Subject]]:
    for holder in holders():
        yield from holder.everybody()


def _in_parts(
    people: Iterator[tuple[Identifier, Subject]],
) -> Iterator[list[tuple[Identifier, Subject]]]:
    while some := list(islice(people, _AT_ONCE)):
        yield some
