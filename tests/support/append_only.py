"""Lets the flush after a transactional test empty what the database lets nobody take from: the audit log and
the record of authenticators.

Only Django's flush between tests is let through, on the connection and in the transaction that flushes; the
product has no such way.
"""

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
# Those that are enabled ALWAYS, which no role of the session silences.
UNSILENCED = """
    SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'A' AND NOT tgisinternal
"""


def flush_let_through() -> None:
    """Install the exception, for the whole run."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: Iterable[str]) -> None:
        before, after = _without_triggers(self.connection)
        flush(self, [*before, *sql_list, *after])

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]


def _without_triggers(connection: Any) -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(UNSILENCED)
            found = cursor.fetchall()
            off = [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in found]
            on = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}" for table, name in found]
            return ["SET LOCAL session_replication_role = replica", *off], on
        triggers = cursor.execute(TRIGGERS).fetchall()
    return [f"DROP TRIGGER {name}" for name, _ in triggers], [sql for _, sql in triggers]
