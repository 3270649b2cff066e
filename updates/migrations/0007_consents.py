"""Consent records, and when the details of devices' reports are kept.

Testers who agreed before get a record of it from what was kept on their own row. Apps keep details as before.
"""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def consents_take_over(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write down what testers agreed to; how those left who have isn't known, so it's put down to them."""
    testers = apps.get_model("updates", "Tester").objects.exclude(consent_version="")
    consent = apps.get_model("updates", "ConsentRecord")
    consent.objects.bulk_create(
        [
            consent(
                app_id=tester.app_id,
                tester_id=tester.pk,
                text_version=tester.consent_version,
                given_at=tester.accepted_at,
                withdrawn_at=max(tester.left_at, tester.accepted_at) if tester.left_at else None,
                withdrawn_by="person" if tester.left_at else "",
            )
            for tester in testers.exclude(accepted_at=None).iterator()
        ],
        batch_size=500,
    )


class Migration(migrations.Migration):
    """One concern: consent."""

    dependencies = [("updates", "0006_custom_id_policy")]

    operations = [
        migrations.AddField(
            model_name="app",
            name="telemetry_policy",
            field=models.CharField(
                choices=[("off", "off"), ("consent", "consent"), ("on", "on")],
                db_default="on",
                default="on",
                help_text="When the details of devices' reports are kept.",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="app",
            name="telemetry_text_version",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Of the text by which people agree to that.",
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="app",
            constraint=models.CheckConstraint(
                condition=~models.Q(telemetry_policy="consent") | ~models.Q(telemetry_text_version=""),
                name="updates_app_consent_to_a_text",
            ),
        ),
        migrations.CreateModel(
            name="ConsentRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "app",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="updates.app",
                    ),
                ),
                (
                    "tester",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="updates.tester",
                    ),
                ),
                ("device_id", models.CharField(blank=True, max_length=64)),
                ("text_version", models.CharField(help_text="Of what they agreed to.", max_length=16)),
                ("given_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "withdrawn_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("person", "person"),
                            ("team", "team"),
                            ("signal", "signal"),
                            ("renewed", "renewed"),
                        ],
                        help_text="Themselves, the team, Global Privacy Control, or a consent to another text.",
                        max_length=8,
                    ),
                ),
            ],
            options={
                "ordering": ["-given_at", "-pk"],
                "indexes": [models.Index(fields=["app", "device_id"], name="updates_consent_by_device")],
                "constraints": [
                    models.CheckConstraint(
                        condition=(models.Q(tester=None) & ~models.Q(device_id=""))
                        | models.Q(tester__isnull=False, device_id=""),
                        name="updates_consent_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(withdrawn_at=None, withdrawn_by="")
                        | (
                            models.Q(withdrawn_at__isnull=False, withdrawn_at__gte=models.F("given_at")) & ~models.Q(withdrawn_by="")
                        ),
                        name="updates_consent_withdrawn_later",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(text_version=""), name="updates_consent_names_its_text"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(withdrawn_at=None),
                        fields=("tester",),
                        name="updates_consent_of_tester_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(withdrawn_at=None) & ~models.Q(device_id=""),
                        fields=("app", "device_id"),
                        name="updates_consent_of_device_once",
                    ),
                ],
            },
        ),
        migrations.RunPython(consents_take_over, migrations.RunPython.noop),
    ]
