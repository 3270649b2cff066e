"""Lets the database keep what a legal hold covers, whoever asks; and nobody rewrite holds and anchors."""

from django.db import migrations

_ERASABLE = ("ledger_auditcontent", "ledger_auditdisclosure")
_HELD = """
    SELECT 1 FROM ledger_legalhold hold JOIN ledger_auditevent event ON event.number = OLD.event_id
    WHERE hold.lifted_at IS NULL AND (
        hold.scope = 'everything'
        OR (hold.scope = 'app' AND hold.app_id = event.app_id)
        OR (hold.scope = 'person' AND (
            (hold.object_type = event.actor_kind AND hold.object_id = event.actor_id)
            OR (hold.object_type = event.object_type AND hold.object_id = event.object_id)
        ))
        OR (
            hold.scope = 'object' AND hold.object_type = event.object_type
            AND hold.object_id = event.object_id AND hold.app_id IN ('', event.app_id)
        )
    )
"""
_COLUMNS = ("id", "scope", "app_id", "object_type", "object_id", "reason", "placed_by", "placed_at")
_CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _COLUMNS)
_NO_LIFTING = f"OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL OR {_CHANGED}"

# ENABLE ALWAYS: `SET session_replication_role = replica` silences other triggers.
POSTGRESQL = (
    f"""
    CREATE FUNCTION ledger_hold_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS ({_HELD}) THEN
            RAISE EXCEPTION 'A legal hold keeps this: DELETE refused.'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END;
    $$
    """,
    *(
        f"""
        CREATE TRIGGER ledger_hold_keeps BEFORE DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION ledger_hold_keeps();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER ledger_hold_keeps;
        """
        for table in _ERASABLE
    ),
    f"""
    CREATE FUNCTION ledger_hold_lifted_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {_NO_LIFTING} THEN
            RAISE EXCEPTION 'A legal hold is lifted once, and not changed: UPDATE refused.'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END;
    $$;
    CREATE TRIGGER ledger_hold_lifted_only BEFORE UPDATE ON ledger_legalhold
        FOR EACH ROW EXECUTE FUNCTION ledger_hold_lifted_only();
    ALTER TABLE ledger_legalhold ENABLE ALWAYS TRIGGER ledger_hold_lifted_only;
    CREATE TRIGGER ledger_append_only BEFORE DELETE OR TRUNCATE ON ledger_legalhold
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
    ALTER TABLE ledger_legalhold ENABLE ALWAYS TRIGGER ledger_append_only;
    CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_auditanchor
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
    ALTER TABLE ledger_auditanchor ENABLE ALWAYS TRIGGER ledger_append_only;
    """,
)
POSTGRESQL_BACK = (
    "DROP TRIGGER ledger_append_only ON ledger_auditanchor",
    "DROP TRIGGER ledger_append_only ON ledger_legalhold",
    "DROP TRIGGER ledger_hold_lifted_only ON ledger_legalhold",
    "DROP FUNCTION ledger_hold_lifted_only()",
    *(f"DROP TRIGGER ledger_hold_keeps ON {table}" for table in _ERASABLE),
    "DROP FUNCTION ledger_hold_keeps()",
)


def _sqlite_refuses(name, table, event, when, message):
    return f"""
        CREATE TRIGGER {name} BEFORE {event} ON {table} {when}
        BEGIN SELECT RAISE(ABORT, '{message}'); END
    """


# SQLite's REPLACE deletes the row in its way without firing DELETE triggers.
_TAKEN = "WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
SQLITE = {
    **{
        f"{table}_hold_keeps": _sqlite_refuses(
            f"{table}_hold_keeps",
            table,
            "DELETE",
            f"WHEN EXISTS ({_HELD})",
            "A legal hold keeps this: DELETE refused.",
        )
        for table in _ERASABLE
    },
    "ledger_legalhold_lifted_only": _sqlite_refuses(
        "ledger_legalhold_lifted_only",
        "ledger_legalhold",
        "UPDATE",
        f"WHEN {_NO_LIFTING}",
        "A legal hold is lifted once, and not changed: UPDATE refused.",
    ),
    "ledger_auditanchor_no_update": _sqlite_refuses(
        "ledger_auditanchor_no_update",
        "ledger_auditanchor",
        "UPDATE",
        "",
        "The audit log is append-only: UPDATE refused.",
    ),
    **{
        f"{table}_no_{word}": _sqlite_refuses(
            f"{table}_no_{word}", table, event, when.format(table=table), f"The audit log is append-only: {said}."
        )
        for table in ("ledger_legalhold", "ledger_auditanchor")
        for word, event, when, said in (
            ("delete", "DELETE", "", "DELETE refused"),
            ("replace", "INSERT", _TAKEN, "REPLACE refused"),
        )
    },
}


def apply(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL if is_postgresql else SQLITE.values():
        schema_editor.execute(statement, params=None)


def undo(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL_BACK if is_postgresql else [f"DROP TRIGGER {name}" for name in SQLITE]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [("ledger", "0009_holds_and_anchors")]

    operations = [migrations.RunPython(apply, undo, elidable=False)]
