"""When an app's PHI flag was last lowered: what the log has of it by then keeps its long term.

For apps that lowered it before this column was there, the log itself says when.
"""

import json
from typing import Any

from django.db import migrations, models


def lowered_read(apps: Any, schema_editor: Any) -> None:
    content = apps.get_model("ledger", "AuditContent")
    profile = apps.get_model("signing", "TokenProfile")
    changes = content.objects.filter(event__action="signing:profile:change").order_by("event_id")
    rows = changes.values_list("event__app_id", "event__at", "content")
    for app_id, at, said in rows.iterator():
        if json.loads(bytes(said))["facts"].get("handles_phi", {}).get("to") is False:
            profile.objects.filter(pk=app_id).update(phi_lowered_at=at)


class Migration(migrations.Migration):
    dependencies = [("signing", "0004_checkpoint_keys"), ("ledger", "0013_anchors_stay")]

    operations = [
        migrations.AddField(
            model_name="tokenprofile",
            name="phi_lowered_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunPython(lowered_read, migrations.RunPython.noop),
    ]
