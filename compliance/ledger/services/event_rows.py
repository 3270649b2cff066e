"""Writing an event into its tables. Every transaction of the console waits for this, so it's one statement.

PostgreSQL takes all three tables in one round trip, which is what most of the time would go into. SQLite is a
library in this process: it has no such trips to save, and no data-modifying `WITH`.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connection

from compliance.ledger.domain.canonical import Disclosure, EventFacts
from compliance.ledger.domain.merkle import leaf_hash
from compliance.ledger.models import AuditContent, AuditDisclosure, AuditEvent

_COLUMNS: Final = (
    *("header", "leaf_hash", "at", "action", "outcome"),
    *("actor_kind", "actor_id", "app_id", "object_type", "object_id"),
)
_AT_ONCE: Final = f"""
    WITH event AS (
        INSERT INTO ledger_auditevent ({", ".join(_COLUMNS)})
        VALUES ({", ".join(["%s"] * len(_COLUMNS))}) RETURNING number
    ), content AS (
        INSERT INTO ledger_auditcontent (event_id, content) SELECT number, %s FROM event
    ), disclosures AS (
        INSERT INTO ledger_auditdisclosure (event_id, name, salt, value)
        SELECT number, told.name, told.salt, told.value
        FROM event, unnest(%s::text[], %s::text[], %s::jsonb[]) AS told (name, salt, value)
    )
    SELECT number FROM event
"""  # noqa: S608 (our own names)


def event_write(
    said: EventFacts, header: bytes, content: bytes, disclosures: Sequence[Disclosure]
) -> AuditEvent:
    """Write one event with all that belongs to it; the caller is in a transaction."""
    columns = (
        *(header, leaf_hash(header), said.at, said.action, said.outcome),
        *(said.actor.kind.value, said.actor.id, said.app_id, *said.subject),
    )
    if connection.vendor == "postgresql":
        number = _at_once([*columns, content], disclosures)
        return AuditEvent.from_db(DEFAULT_DB_ALIAS, ["number", *_COLUMNS], [number, *columns])
    event = AuditEvent(**dict(zip(_COLUMNS, columns, strict=True)))
    event.save(force_insert=True)
    AuditContent(event=event, content=content).save(force_insert=True)
    AuditDisclosure.objects.bulk_create([
        AuditDisclosure(event=event, name=each.name, salt=each.salt, value=each.value) for each in disclosures
    ])
    return event


def _at_once(values: Sequence[Any], disclosures: Sequence[Disclosure]) -> int:
    told = (
        [each.name for each in disclosures],
        [each.salt for each in disclosures],
        [json.dumps(each.value) for each in disclosures],
    )
    with connection.cursor() as cursor:
        cursor.execute(_AT_ONCE, [*values, *told])
        (number,) = cursor.fetchone()
    return int(number)
