"""Every authenticator ever bound stays on record; the database itself sees to it, on both engines."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.domain.assurance import AuthenticatorKind
from accounts.errors import AuthenticatorRecordError
from accounts.models import AuthenticatorRecord, User
from accounts.services.authenticator_records import record_bound, record_removed
from releaseconsole.kernel import clock

TABLE = "accounts_authenticatorrecord"
COLUMNS = "id, person_id, authenticator, kind, name, facts, bound_at, removed_at, removed_by, removed_why"

sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own statement")
postgresql_only = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL's own statement")


@pytest.fixture
def record(ada: User) -> AuthenticatorRecord:
    return AuthenticatorRecord.objects.get(person=ada)


def removed(record: AuthenticatorRecord, by: User) -> AuthenticatorRecord:
    with transaction.atomic():
        return record_removed(
            authenticator=record.authenticator, by=by.actor, why="removed by its owner", now=clock.now()
        )


def bound(user: User, **changed: Any) -> AuthenticatorRecord:
    fields: dict[str, Any] = {
        "user": user,
        "kind": AuthenticatorKind.SECURITY_KEY,
        "authenticator": "accounts.securitykey/7",
        "name": "blue key",
        "facts": {"aaguid": "2fc0579f-8113-47ea-b116-bb5a8db9202a"},
        "now": clock.now(),
    }
    return record_bound(**(fields | changed))


def test_enrolling_a_generator_puts_it_on_record(ada: User, record: AuthenticatorRecord) -> None:
    authenticator = ada.totp_authenticators.get()
    assert record.authenticator == authenticator.persistent_id
    assert (record.kind, record.name, record.removed_at) == ("totp", "Authenticator app", None)
    assert record.bound_at == authenticator.created_at


def test_facts_are_kept_as_they_were_told(ada: User) -> None:
    row = bound(ada)
    row.refresh_from_db()
    assert row.facts == {"aaguid": "2fc0579f-8113-47ea-b116-bb5a8db9202a"}


def test_a_removal_says_who_and_why(record: AuthenticatorRecord, ada: User) -> None:
    row = removed(record, ada)
    row.refresh_from_db()
    assert row.removed_at is not None
    assert row.removed_at >= row.bound_at
    assert (row.removed_by, row.removed_why) == (f"person:{ada.pk}", "removed by its owner")


def test_a_removal_is_put_on_record_once(record: AuthenticatorRecord, ada: User) -> None:
    removed(record, ada)
    with pytest.raises(AuthenticatorRecordError, match="no open record"):
        removed(record, ada)


def test_a_clock_that_is_behind_puts_no_removal_before_the_binding(
    record: AuthenticatorRecord, ada: User
) -> None:
    early = record.bound_at - timedelta(seconds=5)
    row = record_removed(authenticator=record.authenticator, by=ada.actor, why="lost", now=early)
    assert row.removed_at == row.bound_at


def test_an_authenticator_is_bound_once(ada: User) -> None:
    bound(ada)
    with pytest.raises(DatabaseError), transaction.atomic():
        bound(ada)


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"kind": "horoscope"}, id="unknown kind"),
        pytest.param(
            {"removed_before": 1, "removed_by": "system:", "removed_why": "x"}, id="removed too early"
        ),
        pytest.param({"removed_before": 0}, id="removed by nobody"),
        pytest.param({"removed_by": "system:", "removed_why": "x"}, id="half removed"),
    ],
)
def test_the_database_refuses_what_cannot_be(ada: User, columns: dict[str, Any]) -> None:
    now = clock.now()
    fields: dict[str, Any] = {"kind": "totp", **columns}
    if "removed_before" in fields:
        fields["removed_at"] = now - timedelta(seconds=fields.pop("removed_before"))
    with pytest.raises(IntegrityError), transaction.atomic():
        AuthenticatorRecord.objects.create(
            person=ada, authenticator="accounts.x/1", name="x", bound_at=now, **fields
        )


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("DELETE FROM {table}", id="delete of all"),
        pytest.param("DELETE FROM {table} WHERE id = {id}", id="delete of one"),
        pytest.param("UPDATE {table} SET name = 'another'", id="renaming"),
        pytest.param("UPDATE {table} SET person_id = person_id + 1", id="another person"),
        pytest.param("UPDATE {table} SET facts = '{{}}', removed_why = ''", id="no removal"),
        pytest.param(
            "UPDATE {table} SET removed_at = bound_at, removed_by = 'x', removed_why = 'x', name = 'another'",
            id="more than the removal",
        ),
        pytest.param("TRUNCATE {table}", id="truncate", marks=postgresql_only),
        pytest.param("TRUNCATE {table} CASCADE", id="truncate cascade", marks=postgresql_only),
        pytest.param(
            "INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}",
            id="insert or replace",
            marks=sqlite_only,
        ),
        pytest.param("REPLACE INTO {table} SELECT * FROM {table}", id="replace", marks=sqlite_only),
    ],
)
def test_the_database_refuses_every_other_change(record: AuthenticatorRecord, statement: str) -> None:
    sql = statement.format(table=TABLE, id=record.pk, columns=COLUMNS)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert AuthenticatorRecord.objects.get().name == "Authenticator app"


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE {table} SET removed_at = NULL, removed_by = '', removed_why = ''", id="back"),
        pytest.param("UPDATE {table} SET removed_why = 'y'", id="otherwise"),
    ],
)
def test_a_removal_is_never_taken_back_or_told_otherwise(
    record: AuthenticatorRecord, ada: User, statement: str
) -> None:
    removed(record, ada)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement.format(table=TABLE))


def test_there_is_no_way_to_delete_one(record: AuthenticatorRecord) -> None:
    with pytest.raises(AuthenticatorRecordError):
        record.delete()
    with pytest.raises(AuthenticatorRecordError):
        AuthenticatorRecord.objects.all().delete()


def test_the_record_outlives_the_person(record: AuthenticatorRecord, ada: User) -> None:
    person_id = ada.pk
    ada.delete()
    assert AuthenticatorRecord.objects.get(pk=record.pk).person_id == person_id
