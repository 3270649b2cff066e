"""Makes the receipts append-only in the database itself, as the audit log is."""

from django.db import migrations

TABLE = "updates_releasereceipt"
# ledger_refuse_change() is the audit log's own. ENABLE ALWAYS: no role of a session silences it.
POSTGRESQL = f"""
CREATE TRIGGER updates_receipt_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER updates_receipt_append_only;
"""
POSTGRESQL_BACK = f"DROP TRIGGER updates_receipt_append_only ON {TABLE}"
# REPLACE deletes the row in its way without firing DELETE triggers.
SQLITE = {
    "updates_receipt_no_update": f"BEFORE UPDATE ON {TABLE}",
    "updates_receipt_no_delete": f"BEFORE DELETE ON {TABLE}",
    "updates_receipt_no_replace": (
        f"BEFORE INSERT ON {TABLE} "
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR event = NEW.event)"
    ),
}


def apply(_apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(POSTGRESQL)
        return
    for name, when in SQLITE.items():
        editor.execute(
            f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, 'Receipts are append-only.'); END"
        )


def undo(_apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(POSTGRESQL_BACK)
        return
    for name in SQLITE:
        editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_append_only_tree"), ("updates", "0003_receipts")]

    operations = [migrations.RunPython(apply, undo, elidable=False)]
