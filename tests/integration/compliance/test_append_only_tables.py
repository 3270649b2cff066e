"""Every other table of the log is append-only too; what may be erased is, by permit alone."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditContent, AuditDisclosure, AuditErasure, AuditEvent, AuditLeaf
from compliance.ledger.services import audit_record
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock

sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own statement")
postgresql_only = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL's own statement")

# Table, and a column of it that somebody may want to change.
TABLES = {
    "ledger_auditevent": "app_id",
    "ledger_auditcontent": "content",
    "ledger_auditdisclosure": "value",
    "ledger_auditerasure": "kind",
    "ledger_auditleaf": "leaf_hash",
    "ledger_audittile": "data",
    "ledger_auditepoch": "origin",
    "ledger_auditcheckpoint": "note",
}


@pytest.fixture
def event(db: None) -> AuditEvent:
    with transaction.atomic():
        event = audit_record(
            action=Action.APP_SHUT_OFF, actor=SYSTEM, now=clock.now(), detail={"reason": "Ada asked", "n": 1}
        )
    events_sequence()
    connection.check_constraints()  # PostgreSQL truncates nothing that waits for its foreign keys
    return event


def refused(sql: str, *params: Any) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, params)


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_changed(event: AuditEvent, table: str) -> None:
    column = TABLES[table]
    if connection.vendor == "postgresql" or table in {"ledger_auditleaf", "ledger_auditcontent"}:
        refused(f"UPDATE {table} SET {column} = {column}")  # noqa: S608 (our own names)


@pytest.mark.parametrize("table", ["ledger_auditleaf", "ledger_auditcontent", "ledger_auditdisclosure"])
def test_nothing_is_deleted(event: AuditEvent, table: str) -> None:
    refused(f"DELETE FROM {table}")  # noqa: S608 (our own names)


@postgresql_only
@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_truncated_whatever_the_session_says(event: AuditEvent, table: str) -> None:
    refused(f"SET LOCAL session_replication_role = replica; TRUNCATE {table} CASCADE")


@postgresql_only
def test_a_session_that_silences_triggers_changes_nothing(event: AuditEvent) -> None:
    refused("SET LOCAL session_replication_role = replica; UPDATE ledger_auditevent SET app_id = 'x'")
    refused("SET LOCAL session_replication_role = replica; DELETE FROM ledger_auditcontent")


@sqlite_only
def test_a_leaf_is_not_replaced_by_its_number_either(event: AuditEvent) -> None:
    refused(
        "INSERT OR REPLACE INTO ledger_auditleaf (sequence, number, leaf_hash) VALUES (1, %s, 'x')", event.pk
    )


def test_a_leaf_takes_the_next_place_only(event: AuditEvent) -> None:
    refused("INSERT INTO ledger_auditleaf (sequence, number, leaf_hash) VALUES (7, 99, '\\x00')")


def permit(event: AuditEvent, **terms: Any) -> None:
    AuditErasure.objects.create(
        first=event.pk, last=event.pk, kind="privacy", tombstone=event, **{"disclosures_only": True, **terms}
    )


def test_a_permit_lets_disclosures_go_and_nothing_else(event: AuditEvent) -> None:
    permit(event)
    refused("DELETE FROM ledger_auditcontent")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_auditdisclosure")
    assert AuditEvent.objects.get().detail == {"n": 1}


def test_a_permit_for_one_name_leaves_the_others(event: AuditEvent) -> None:
    permit(event, name="note")
    refused("DELETE FROM ledger_auditdisclosure")
    assert AuditDisclosure.objects.count() == 1


def test_a_permit_for_content_lets_it_go_while_the_event_stays(event: AuditEvent) -> None:
    permit(event, disclosures_only=False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_auditcontent")
    assert not AuditContent.objects.exists()
    assert AuditEvent.objects.get().detail == {}
    assert AuditLeaf.objects.count() == 1
