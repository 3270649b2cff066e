"""Changing the audit log behind the console's back, as who administers the database can: triggers are off."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.domain.merkle import leaf_hash
from compliance.ledger.models import AuditDisclosure, AuditErasure, AuditEvent
from compliance.ledger.services import audit_record
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.sequencing import event_sequence, events_sequence
from releaseconsole.kernel import clock
from tests.support.append_only import _without_triggers


def record(count: int = 1, **detail: Any) -> list[AuditEvent]:
    """Record events, each with a value that can be erased."""
    with transaction.atomic():
        return [
            audit_record(
                action=Action.APP_CHANGED,
                actor=SYSTEM,
                now=clock.now(),
                app_id="com.example.a",
                subject=("app", "a"),
                detail={"n": n, "note": "said", **detail},
            )
            for n in range(count)
        ]


def nonsense_recorded(**columns: Any) -> AuditEvent:
    """Put an event into the log that says nothing readable, as the console's own rights allow."""
    header = b"[]"
    given = {"action": "x", "outcome": "done", "actor_kind": "system", **columns}
    event = AuditEvent(header=header, leaf_hash=leaf_hash(header), at=clock.now(), **given)
    with transaction.atomic():
        event.save(force_insert=True)
        event_sequence(event)
    events_sequence()
    return event


def signed_log(count: int) -> list[int]:
    """A log with `count` entries, signed three times; entry 3 has lost its value by the rules.

    Returns:
        The numbers of its events, by their place. The last one says what was erased.
    """
    events = record(150)
    checkpoint_take(now=clock.now())
    events += record(count - 151)
    with transaction.atomic():
        number = events[3].number
        tombstone = audit_record(
            action=Action.DISCLOSURES_ERASED,
            actor=SYSTEM,
            now=clock.now(),
            detail={"fields": None, "sequences": [[3, 3]]},
        )
        AuditErasure.objects.create(
            first=number, last=number, disclosures_only=True, name="", kind="privacy", tombstone=tombstone
        )
        erased = AuditDisclosure.objects.filter(event_id=number)
        erased._raw_delete(erased.db)
    checkpoint_take(now=clock.now())
    return [event.number for event in [*events, tombstone]]


@contextmanager
def tampered(*statements: tuple[str, list[Any]]) -> Iterator[None]:
    """The log after these statements; they are undone when the block ends."""
    connection.check_constraints()  # PostgreSQL alters no table that still waits for its foreign keys
    with transaction.atomic():
        before, _ = _without_triggers(connection)
        with connection.cursor() as cursor:
            for statement in before:
                cursor.execute(statement)
            for statement, params in statements:
                cursor.execute(statement, params)
        yield
        transaction.set_rollback(True)


def changed(table: str, column: str, value: Any, where: str, *params: Any) -> tuple[str, list[Any]]:
    """The statement that sets one column of one row."""
    return f'UPDATE ledger_{table} SET "{column}" = %s WHERE {where}', [value, *params]  # noqa: S608 (our own names)
