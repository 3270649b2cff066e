"""When what deletes old data last ran, and how much went."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0014_checkpoints_by_size'),
    ]

    operations = [
        migrations.CreateModel(
            name='PurgeRun',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('ran_at', models.DateTimeField(help_text='Last time, whether anything was due or not.')),
                ('removed', models.PositiveBigIntegerField(help_text='Then.')),
                ('removed_at', models.DateTimeField(help_text='Last time that anything went.', null=True)),
                ('total', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
    ]
