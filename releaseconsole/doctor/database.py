"""The database: reachable, and its schema the one this code expects."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from releaseconsole.doctor.findings import Finding, ok, problem

_SUBJECT = "database"


def database_examine() -> list[Finding]:
    """Connect, and look for migrations that haven't been applied."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as exc:
        return [
            problem(_SUBJECT, f"It can't be reached: {exc}", "Check DATABASE_URL and that the server runs.")
        ]
    if waiting:
        return [problem(_SUBJECT, f"{len(waiting)} migrations are waiting.", "Run: manage.py bootstrap")]
    return [ok(_SUBJECT, f"{connection.display_name} answers, and its schema is current.")]
