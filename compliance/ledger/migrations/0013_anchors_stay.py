"""Keeps anchors from being replaced on SQLite by their place or day, too, and not only by their id.

SQLite's REPLACE deletes whatever row is in its way without firing DELETE triggers, so every key counts.
"""

from django.db import migrations

_DROP = "DROP TRIGGER ledger_auditanchor_no_replace"
_CREATE = """
    CREATE TRIGGER ledger_auditanchor_no_replace BEFORE INSERT ON ledger_auditanchor
    WHEN EXISTS (SELECT 1 FROM ledger_auditanchor anchor WHERE {taken})
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only: REPLACE refused.'); END
"""
_BEFORE = "anchor.id = NEW.id"
# As the constraints ledger_anchor_seals_once and ledger_anchor_once have it.
_TAKEN = f"""
    {_BEFORE} OR (
        anchor.act = 'lay' AND anchor.error = '' AND NEW.act = 'lay' AND NEW.error = ''
        AND anchor.kind = NEW.kind
        AND (anchor.seals = NEW.seals OR (anchor.kind IN ('file', 's3') AND anchor.place = NEW.place))
    )
"""


def _remake(taken):
    def remade(apps, schema_editor):
        if schema_editor.connection.vendor == "sqlite":
            for statement in (_DROP, _CREATE.format(taken=taken)):
                schema_editor.execute(statement, params=None)

    return remade


class Migration(migrations.Migration):

    dependencies = [("ledger", "0012_verifications")]

    operations = [migrations.RunPython(_remake(_TAKEN), _remake(_BEFORE), elidable=False)]
