"""The tables of the Merkle tree: headers, contents, disclosures, leaves, tiles, checkpoints.

The next migration fills them with what was recorded before, the one after that makes them append-only.
"""

import django.db.models.deletion
from django.db import migrations, models

_EARLIER_TRIGGERS_POSTGRESQL = "DROP TRIGGER IF EXISTS ledger_append_only ON ledger_auditevent"
_EARLIER_TRIGGERS_SQLITE = (
    "DROP TRIGGER IF EXISTS ledger_no_update",
    "DROP TRIGGER IF EXISTS ledger_no_delete",
    "DROP TRIGGER IF EXISTS ledger_no_replace",
)


def triggers_drop(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in (_EARLIER_TRIGGERS_POSTGRESQL,) if is_postgresql else _EARLIER_TRIGGERS_SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("ledger", "0005_vocabulary_of_updates")]

    operations = [
        migrations.RunPython(triggers_drop, migrations.RunPython.noop, elidable=False),
        migrations.CreateModel(
            name='AuditCheckpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=255)),
                ('size', models.BigIntegerField()),
                ('root', models.BinaryField()),
                ('note', models.TextField()),
                ('signed_at', models.DateTimeField()),
                ('kid', models.CharField(max_length=43)),
            ],
            options={
                'ordering': ['pk'],
                'abstract': False,
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='AuditContent',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='content', serialize=False, to='ledger.auditevent')),
                ('content', models.BinaryField()),
            ],
            options={
                'abstract': False,
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='AuditDisclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('salt', models.CharField(max_length=22)),
                ('value', models.JSONField()),
            ],
            options={
                'abstract': False,
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='AuditEpoch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=255, unique=True)),
                ('began_at', models.DateTimeField()),
                ('began_size', models.BigIntegerField(help_text='Entries in the log when it began.')),
            ],
            options={
                'ordering': ['pk'],
                'abstract': False,
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='AuditErasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.BigIntegerField(help_text='Number of the first event.')),
                ('last', models.BigIntegerField(help_text='Number of the last event.')),
                ('disclosures_only', models.BooleanField()),
                ('name', models.CharField(blank=True, help_text="One disclosure's name; empty: all.", max_length=200)),
                ('kind', models.CharField(choices=[('retention', 'its time was over'), ('privacy', 'a request for deletion')], max_length=16)),
            ],
            options={
                'abstract': False,
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='AuditLeaf',
            fields=[
                ('sequence', models.BigIntegerField(primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(help_text='Of the event.', unique=True)),
                ('leaf_hash', models.BinaryField()),
            ],
            options={
                'abstract': False,
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='AuditPending',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AuditTile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('index', models.BigIntegerField()),
                ('data', models.BinaryField(help_text='256 hashes of 32 bytes.')),
                ('root', models.BinaryField(help_text='The node above all of them.')),
            ],
            options={
                'abstract': False,
                'default_permissions': ('view',),
            },
        ),
        migrations.AlterModelOptions(
            name='auditevent',
            options={'default_permissions': ('view',), 'ordering': ['-number'], 'verbose_name': 'audit event', 'verbose_name_plural': 'audit log'},
        ),
        migrations.RemoveIndex(
            model_name='auditevent',
            name='ledger_by_app',
        ),
        migrations.RemoveIndex(
            model_name='auditevent',
            name='ledger_by_object',
        ),
        migrations.RenameField(
            model_name='auditevent',
            old_name='sequence',
            new_name='number',
        ),
        migrations.AddField(
            model_name='auditevent',
            name='header',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='leaf_hash',
            field=models.BinaryField(null=True),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(max_length=64),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['app_id', '-number'], name='ledger_by_app'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['object_type', 'object_id', '-number'], name='ledger_by_object'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['actor_kind', 'actor_id', '-number'], name='ledger_by_actor'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['action', '-number'], name='ledger_by_action'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['at'], name='ledger_by_time'),
        ),
        migrations.AddConstraint(
            model_name='auditcheckpoint',
            constraint=models.UniqueConstraint(fields=('origin', 'size'), name='ledger_checkpoint_once'),
        ),
        migrations.AddField(
            model_name='auditdisclosure',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disclosures', to='ledger.auditevent'),
        ),
        migrations.AddField(
            model_name='auditerasure',
            name='tombstone',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.auditevent'),
        ),
        migrations.AddConstraint(
            model_name='auditleaf',
            constraint=models.CheckConstraint(condition=models.Q(('sequence__gte', 0)), name='ledger_leaf_from_zero'),
        ),
        migrations.AddConstraint(
            model_name='audittile',
            constraint=models.UniqueConstraint(fields=('level', 'index'), name='ledger_tile_once'),
        ),
        migrations.AddConstraint(
            model_name='auditdisclosure',
            constraint=models.UniqueConstraint(fields=('event', 'name'), name='ledger_disclosure_once'),
        ),
        migrations.AddIndex(
            model_name='auditerasure',
            index=models.Index(fields=['first', 'last'], name='ledger_erasure_range'),
        ),
        migrations.AddConstraint(
            model_name='auditerasure',
            constraint=models.CheckConstraint(condition=models.Q(('first__lte', models.F('last'))), name='ledger_erasure_in_order'),
        ),
        migrations.AddConstraint(
            model_name='auditerasure',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), ('disclosures_only', True), _connector='OR'), name='ledger_erasure_names_disclosures'),
        ),
    ]
