"""Makes the audit log append-only in the database itself, whoever talks to it."""

from django.db import migrations

# Statement triggers: they fire however many rows there are, so even an UPDATE of none is refused.
POSTGRESQL = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only: % refused.', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""
POSTGRESQL_BACK = """
DROP TRIGGER ledger_append_only ON ledger_auditevent;
DROP FUNCTION ledger_refuse_change();
"""

# REPLACE deletes without firing DELETE triggers (unless recursive_triggers is on), so an INSERT over an
# existing sequence is refused as well. A new row has sequence -1 here while SQLite still has to choose one.
SQLITE = (
    """
    CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger_auditevent
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: UPDATE refused.'); END
    """,
    """
    CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger_auditevent
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: DELETE refused.'); END
    """,
    """
    CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger_auditevent
    WHEN EXISTS (SELECT 1 FROM ledger_auditevent WHERE sequence = NEW.sequence)
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: REPLACE refused.'); END
    """,
)
SQLITE_BACK = ("DROP TRIGGER ledger_no_update", "DROP TRIGGER ledger_no_delete", "DROP TRIGGER ledger_no_replace")


def apply(apps, schema_editor):
    statements = (POSTGRESQL,) if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement, params=None)  # None: "%" is no placeholder here


def undo(apps, schema_editor):
    statements = (POSTGRESQL_BACK,) if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK
    for statement in statements:
        schema_editor.execute(statement, params=None)  # None: "%" is no placeholder here


class Migration(migrations.Migration):

    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunPython(apply, undo, elidable=False)]
