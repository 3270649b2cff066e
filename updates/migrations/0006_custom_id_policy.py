"""Custom ids: off, hashed or allowed, in place of kept or not.

An app keeps doing what it did: one that kept ids allows them, every other one is off. Hashing is for people
to choose, for it makes what they search by now unreadable. The old column stays for a release, because code
that still runs while this is applied reads it; nothing writes it any more.
"""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def policy_take_over(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write what an app did as a policy."""
    app = apps.get_model("updates", "App")
    app.objects.filter(keeps_custom_id=True).update(custom_id_policy="allowed")


def policy_give_back(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let those keep ids that do so now; hashes were never ids."""
    app, device = apps.get_model("updates", "App"), apps.get_model("updates", "Device")
    app.objects.update(keeps_custom_id=False)
    app.objects.filter(custom_id_policy="allowed").update(keeps_custom_id=True)
    hashed = app.objects.filter(custom_id_policy="hashed")
    device.objects.filter(app__in=hashed.values("pk")).exclude(custom_id="").update(custom_id="")
    hashed.update(custom_id_policy="off", sealed_custom_id_key="")


class Migration(migrations.Migration):
    """One concern: what is kept of the ids that apps give devices."""

    dependencies = [("updates", "0005_webhooks_by_sequence")]

    operations = [
        migrations.AddField(
            model_name="app",
            name="custom_id_policy",
            field=models.CharField(
                choices=[("off", "off"), ("hashed", "hashed"), ("allowed", "allowed")],
                db_default="off",
                default="off",
                help_text="What is kept of the ids that the app gives devices; they may name people.",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="app",
            name="sealed_custom_id_key",
            field=models.TextField(
                blank=True,
                db_default="",
                editable=False,
                help_text="What hashes them, sealed under the KEK.",
            ),
        ),
        migrations.RunPython(policy_take_over, policy_give_back),
        migrations.AddConstraint(
            model_name="app",
            constraint=models.CheckConstraint(
                condition=models.Q(custom_id_policy__in=["off", "allowed"], sealed_custom_id_key="")
                | (models.Q(custom_id_policy="hashed") & ~models.Q(sealed_custom_id_key="")),
                name="updates_app_custom_id_key",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="app", name="keeps_custom_id")]
        ),
    ]
