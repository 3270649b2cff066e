"""Webhooks follow the log by its sequence: what was kept as an event's number becomes its place."""

from django.db import migrations, models


def by_sequence(apps, editor):
    alias = editor.connection.alias
    leaves = apps.get_model("ledger", "AuditLeaf").objects.using(alias)
    for position in apps.get_model("updates", "WebhookPosition").objects.using(alias):
        handled = leaves.filter(number__lte=position.sequence)
        position.sequence = handled.aggregate(last=models.Max("sequence"))["last"]
        position.sequence = -1 if position.sequence is None else position.sequence
        position.save()
    deliveries = apps.get_model("updates", "WebhookDelivery").objects.using(alias)
    # In order: places are below numbers, so each makes room for the next one.
    for delivery in deliveries.exclude(event_sequence=None).order_by("event_sequence").iterator():
        place = leaves.filter(number=delivery.event_sequence).values_list("sequence", flat=True).first()
        deliveries.filter(pk=delivery.pk).update(event_sequence=place)


def by_number(apps, editor):
    alias = editor.connection.alias
    leaves = apps.get_model("ledger", "AuditLeaf").objects.using(alias)
    for position in apps.get_model("updates", "WebhookPosition").objects.using(alias):
        handled = leaves.filter(sequence__lte=position.sequence)
        position.sequence = handled.aggregate(last=models.Max("number"))["last"] or 0
        position.save()
    deliveries = apps.get_model("updates", "WebhookDelivery").objects.using(alias)
    for delivery in deliveries.exclude(event_sequence=None).order_by("-event_sequence").iterator():
        number = leaves.filter(sequence=delivery.event_sequence).values_list("number", flat=True).first()
        deliveries.filter(pk=delivery.pk).update(event_sequence=number)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_append_only_tree"), ("updates", "0004_receipts_append_only")]

    operations = [
        migrations.AlterField(
            "webhookdelivery",
            "event_sequence",
            models.BigIntegerField(help_text="Place in the audit log; empty: a test.", null=True),
        ),
        migrations.AlterField("webhookposition", "sequence", models.BigIntegerField(default=-1)),
        migrations.RunPython(by_sequence, by_number, elidable=False),
    ]
