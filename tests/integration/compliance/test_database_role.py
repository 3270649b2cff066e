"""The role of docs/audit-log-database.md: the console works under it, and can do no more than that.

PostgreSQL's alone: SQLite has no roles.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from compliance.ledger.models import AuditDisclosure, AuditErasure, AuditLeaf
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.sequencing import events_sequence
from compliance.ledger.services.verification import log_verify
from releaseconsole.kernel import clock
from tests.support.tampering import record

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no roles"),
]
FOREVER = [
    "ledger_auditevent",
    "ledger_auditleaf",
    "ledger_audittile",
    "ledger_auditcheckpoint",
    "ledger_auditepoch",
    "ledger_auditerasure",
    "ledger_auditanchor",
]
ERASABLE = ["ledger_auditcontent", "ledger_auditdisclosure"]


def documented() -> str:
    """The SQL that the page gives, with this database's names."""
    page = (Path(settings.BASE_DIR) / "docs" / "audit-log-database.md").read_text()
    statements = "\n".join(re.findall(r"```sql\n(.*?)```", page, re.DOTALL))
    database = connection.settings_dict["NAME"]
    return statements.replace("console_owner", "CURRENT_USER").replace(
        "DATABASE console", f"DATABASE {database}"
    )


@contextmanager
def as_the_console() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE console_app")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


@pytest.fixture
def role() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(documented())
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP OWNED BY console_app; DROP ROLE console_app")


def test_the_console_records_sequences_signs_and_erases(role: None) -> None:
    with as_the_console():
        events = record(260)
        assert events_sequence() == 260
        checkpoint = checkpoint_take(now=clock.now())
        with transaction.atomic():
            AuditErasure.objects.create(
                first=events[0].number,
                last=events[0].number,
                disclosures_only=True,
                kind="privacy",
                tombstone=events[-1],
            )
            erased = AuditDisclosure.objects.filter(event=events[0])
            assert erased._raw_delete(erased.db) == 1
        assert log_verify(now=clock.now()).size == 260
    assert checkpoint is not None
    assert checkpoint.size == AuditLeaf.objects.count() == 260


def denied(statement: str) -> None:
    with (
        as_the_console(),
        pytest.raises(ProgrammingError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_the_console_changes_nothing_whatever_triggers_say(role: None) -> None:
    record()
    columns = {
        "ledger_auditevent": "number",
        "ledger_auditleaf": "sequence",
        "ledger_auditcontent": "event_id",
    }
    for table in [*FOREVER, *ERASABLE]:
        denied(f"UPDATE {table} SET {columns.get(table, 'id')} = 1")  # noqa: S608 (our own names)
        denied(f"TRUNCATE {table}")
        denied(f"ALTER TABLE {table} DISABLE TRIGGER ledger_append_only")
        denied(f"ALTER TABLE {table} ADD COLUMN more text")
        denied(f"DROP TABLE {table}")


def test_the_console_deletes_nothing_that_stays_for_ever(role: None) -> None:
    for table in [*FOREVER, "ledger_legalhold"]:
        denied(f"DELETE FROM {table}")  # noqa: S608 (our own names)


def test_the_console_silences_no_triggers(role: None) -> None:
    denied("SET session_replication_role = replica")


def test_the_console_replaces_no_function_of_a_trigger(role: None) -> None:
    denied(
        "CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END;'"
    )
