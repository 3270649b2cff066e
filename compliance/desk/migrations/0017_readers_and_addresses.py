"""Packs are open to whom the officer saw; notices go again where they went."""

from django.db import migrations, models


def known_fill(apps, schema_editor):
    """Of what is there already: whoever was engaged when a pack was opened, and the addresses of today."""
    for opening in apps.get_model("desk", "OpenedPack").objects.filter(ended_at=None).select_related("audit"):
        opening.readers.set(opening.audit.accesses.filter(created_at__lte=opening.opened_at))
    for notice in apps.get_model("desk", "ProviderNotice").objects.select_related("provider"):
        notice.address = notice.provider.address
        notice.save(update_fields=["address"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0016_audit_export'),
        ('desk', '0016_constraints_of_erasures'),
    ]

    operations = [
        migrations.AddField(
            model_name='openedpack',
            name='readers',
            field=models.ManyToManyField(related_name='+', to='accounts.auditorengagement'),
        ),
        migrations.AddField(
            model_name='providernotice',
            name='address',
            field=models.EmailField(db_default='', help_text='Where it goes, then and again.', max_length=254),
        ),
        migrations.RunPython(known_fill, migrations.RunPython.noop),
    ]
