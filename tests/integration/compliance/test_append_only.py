"""The database itself keeps the audit log append-only: raw SQL is refused, on both engines."""

from importlib import import_module

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.errors import LedgerError
from compliance.ledger.models import AuditEvent
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

TABLE = "ledger_auditevent"
COLUMNS = (
    "number, header, leaf_hash, at, action, outcome, actor_kind, actor_id, app_id, object_type, object_id"
)

WITH_TRIGGERS = ("0008_append_only_tree", "0010_holds_bind")

sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own statement")
postgresql_only = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL's own statement")


def record() -> AuditEvent:
    with transaction.atomic():
        return audit_record(action=Action.APP_CREATED, actor=SYSTEM, now=clock.now(), app_id="com.example.a")


@pytest.fixture
def event(db: None) -> AuditEvent:
    event = record()
    connection.check_constraints()  # PostgreSQL truncates nothing that waits for its foreign keys
    return event


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE {table} SET app_id = 'x'", id="update of all"),
        pytest.param("UPDATE {table} SET app_id = 'x' WHERE number = {number}", id="update of one"),
        pytest.param("UPDATE {table} SET number = number + 1000", id="renumbering"),
        pytest.param("DELETE FROM {table}", id="delete of all"),
        pytest.param("DELETE FROM {table} WHERE number = {number}", id="delete of one"),
        pytest.param("TRUNCATE {table} CASCADE", id="truncate cascade", marks=postgresql_only),
        pytest.param(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} "
            "ON CONFLICT (number) DO UPDATE SET app_id = 'x'",
            id="upsert",
            marks=postgresql_only,
        ),
        pytest.param(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE true "
            "ON CONFLICT (number) DO UPDATE SET app_id = 'x'",
            id="upsert (SQLite)",
            marks=sqlite_only,
        ),
        pytest.param(
            "INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}",
            id="insert or replace",
            marks=sqlite_only,
        ),
        pytest.param("REPLACE INTO {table} SELECT * FROM {table}", id="replace", marks=sqlite_only),
        pytest.param("UPDATE OR REPLACE {table} SET number = 1", id="update or replace", marks=sqlite_only),
    ],
)
def test_the_database_refuses(event: AuditEvent, statement: str) -> None:
    sql = statement.format(table=TABLE, number=event.pk, columns=COLUMNS)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert list(AuditEvent.objects.values_list("pk", "app_id")) == [(event.pk, "com.example.a")]


def test_further_events_are_taken(event: AuditEvent) -> None:
    assert record().pk > event.pk


@pytest.mark.parametrize("change", ["save", "delete"])
def test_the_row_refuses_before_the_database_does(event: AuditEvent, change: str) -> None:
    with pytest.raises(LedgerError):
        getattr(event, change)()


def test_the_queryset_refuses_before_the_database_does(event: AuditEvent) -> None:
    with pytest.raises(LedgerError):
        AuditEvent.objects.update(app_id="x")
    with pytest.raises(LedgerError):
        AuditEvent.objects.all().delete()


def test_an_existing_number_cannot_be_inserted_again(event: AuditEvent) -> None:
    again = AuditEvent(pk=event.pk, header=b"", leaf_hash=b"", at=event.at, action="x", outcome="done")
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


def test_the_migrations_can_be_undone_and_applied_again(event: AuditEvent) -> None:
    migrations = [import_module(f"compliance.ledger.migrations.{name}") for name in WITH_TRIGGERS]
    editor = connection.schema_editor()
    with transaction.atomic(), connection.cursor() as cursor:
        for migration in reversed(migrations):
            migration.undo(None, editor)
        cursor.execute("UPDATE ledger_auditevent SET app_id = app_id")
        cursor.execute("DELETE FROM ledger_auditcontent")
        for migration in migrations:
            migration.apply(None, editor)
    record()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_auditcontent")
