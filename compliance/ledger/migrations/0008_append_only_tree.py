"""Makes every table of the log append-only in the database itself, whoever talks to it.

What can be erased (contents, disclosures) is deleted only where an `AuditErasure` names it, and never changed.
"""

from django.db import migrations, models

# Table, and the columns that must not be there already when a row is inserted: SQLite's REPLACE deletes the
# row in its way without firing DELETE triggers.
KEYS = {
    "ledger_auditevent": ("number",),
    "ledger_auditcontent": ("event_id",),
    "ledger_auditdisclosure": ("id",),
    "ledger_auditerasure": ("id",),
    "ledger_auditleaf": ("sequence", "number"),
    "ledger_audittile": ("id",),
    "ledger_auditepoch": ("id", "origin"),
    "ledger_auditcheckpoint": ("id",),
}
PAIRS = {
    "ledger_auditdisclosure": ("event_id", "name"),
    "ledger_audittile": ("level", "index"),
    "ledger_auditcheckpoint": ("origin", "size"),
}
ERASABLE = ("ledger_auditcontent", "ledger_auditdisclosure")
COVERED = {
    "ledger_auditcontent": "NOT erasure.disclosures_only",
    "ledger_auditdisclosure": "erasure.name IN ('', OLD.name)",
}

# ENABLE ALWAYS: `SET session_replication_role = replica` silences other triggers. Statement triggers fire
# however many rows there are, so even an UPDATE of none is refused.
POSTGRESQL_FUNCTIONS = """
CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only: % refused.', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$;
CREATE FUNCTION ledger_leaf_dense() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sequence <> (SELECT COALESCE(MAX(sequence) + 1, 0) FROM ledger_auditleaf) THEN
        RAISE EXCEPTION 'The audit log is append-only: sequence % is not the next.', NEW.sequence
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER ledger_leaf_dense BEFORE INSERT ON ledger_auditleaf
    FOR EACH ROW EXECUTE FUNCTION ledger_leaf_dense();
ALTER TABLE ledger_auditleaf ENABLE ALWAYS TRIGGER ledger_leaf_dense;
CREATE FUNCTION ledger_event_pending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_auditpending (number) VALUES (NEW.number);
    RETURN NEW;
END;
$$;
CREATE TRIGGER ledger_event_pending AFTER INSERT ON ledger_auditevent
    FOR EACH ROW EXECUTE FUNCTION ledger_event_pending();
ALTER TABLE ledger_auditevent ENABLE ALWAYS TRIGGER ledger_event_pending;
"""
POSTGRESQL_FUNCTIONS_BACK = """
DROP TRIGGER ledger_event_pending ON ledger_auditevent;
DROP FUNCTION ledger_event_pending();
DROP TRIGGER ledger_leaf_dense ON ledger_auditleaf;
DROP FUNCTION ledger_leaf_dense();
"""


def postgresql(table):
    refused = "UPDATE OR TRUNCATE" if table in ERASABLE else "UPDATE OR DELETE OR TRUNCATE"
    yield f"""
        CREATE TRIGGER ledger_append_only BEFORE {refused} ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER ledger_append_only;
    """
    if table in ERASABLE:
        yield f"""
            CREATE FUNCTION {table}_erase() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NOT EXISTS (
                    SELECT 1 FROM ledger_auditerasure erasure
                    WHERE OLD.event_id BETWEEN erasure.first AND erasure.last AND {COVERED[table]}
                ) THEN
                    RAISE EXCEPTION 'The audit log is append-only: DELETE refused.'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN OLD;
            END;
            $$;
            CREATE TRIGGER ledger_erase_by_permit BEFORE DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION {table}_erase();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER ledger_erase_by_permit;
        """


def postgresql_back(table):
    yield f"DROP TRIGGER ledger_append_only ON {table}"
    if table in ERASABLE:
        yield f"DROP TRIGGER ledger_erase_by_permit ON {table}"
        yield f"DROP FUNCTION {table}_erase()"


def sqlite(table):
    yield f"""
        CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
        BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: UPDATE refused.'); END
    """
    permit = f"""
        WHEN NOT EXISTS (
            SELECT 1 FROM ledger_auditerasure erasure
            WHERE OLD.event_id BETWEEN erasure.first AND erasure.last AND {COVERED[table]}
        )
    """ if table in ERASABLE else ""
    yield f"""
        CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {permit}
        BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: DELETE refused.'); END
    """
    taken = [f"{column} = NEW.{column}" for column in KEYS[table]]
    if table in PAIRS:
        taken.append("(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in PAIRS[table]) + ")")
    yield f"""
        CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE {" OR ".join(taken)})
        BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: REPLACE refused.'); END
    """
    if table == "ledger_auditleaf":
        yield """
            CREATE TRIGGER ledger_auditleaf_dense BEFORE INSERT ON ledger_auditleaf
            WHEN NEW.sequence <> (SELECT COALESCE(MAX(sequence) + 1, 0) FROM ledger_auditleaf)
            BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: this sequence is not the next.'); END
        """


def sqlite_back(table):
    for name in ("no_update", "no_delete", "no_replace"):
        yield f"DROP TRIGGER {table}_{name}"
    if table == "ledger_auditleaf":
        yield "DROP TRIGGER ledger_auditleaf_dense"


def apply(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    if is_postgresql:
        schema_editor.execute(POSTGRESQL_FUNCTIONS, params=None)  # None: "%" is no placeholder here
    for table in KEYS:
        for statement in (postgresql if is_postgresql else sqlite)(table):
            schema_editor.execute(statement, params=None)


def undo(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for table in KEYS:
        for statement in (postgresql_back if is_postgresql else sqlite_back)(table):
            schema_editor.execute(statement, params=None)
    if is_postgresql:
        schema_editor.execute(POSTGRESQL_FUNCTIONS_BACK, params=None)


class Migration(migrations.Migration):

    dependencies = [("ledger", "0007_earlier_events")]

    operations = [
        migrations.RemoveField("auditevent", "detail"),
        migrations.AlterField("auditevent", "header", models.BinaryField()),
        migrations.AlterField("auditevent", "leaf_hash", models.BinaryField()),
        migrations.RunPython(apply, undo, elidable=False),
    ]
