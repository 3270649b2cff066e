"""Requests for a second person, reviews, and the policy as rows; consoles begin with what their preset names.

The names are spelled out here, so that this migration does the same whatever later versions put in a preset.
"""

import django.db.models.deletion
import releaseconsole.kernel.randomness
from django.conf import settings
from django.db import migrations, models

TEAM = [
    "accounts:role:grant_custodian",
    "signing:ceremony:import",
    "signing:claim:define",
    "signing:claim:remove",
    "signing:key:destroy",
    "signing:key:import",
    "signing:key:request_rotation",
    "signing:key:resume",
    "signing:key:revoke",
    "signing:profile:change",
    "signing:root:register",
    "signing:root:rotate",
    "updates:shutoff:lift",
]
RULES = {"solo": [], "team": TEAM, "regulated": [*TEAM, "signing:recipient:remove"]}
ENOUGH_CUSTODIANS = 2


def begin(apps, schema_editor):
    alias = schema_editor.connection.alias
    policy = apps.get_model("accounts", "ConsolePolicy").objects.using(alias).first()
    if policy is None:
        return
    rules = apps.get_model("accounts", "TwoPersonRule").objects.using(alias)
    rules.bulk_create(rules.model(operation=name, made_at=policy.chosen_at) for name in RULES[policy.preset])
    policy.custodian_security_key = policy.preset == "regulated"
    people = apps.get_model("accounts", "User").objects.using(alias)
    if people.filter(is_active=True, groups__name="key_custodian").count() >= ENOUGH_CUSTODIANS:
        policy.bootstrap_ended_at = policy.chosen_at
    policy.save(using=alias)
    # Who was set up first is the oldest person: nobody else can have held the link.
    links = apps.get_model("accounts", "SetupLink").objects.using(alias)
    links.filter(used_at__isnull=False).update(used_by=people.order_by("created_at", "pk").first())


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_recovery'),
    ]

    operations = [
        migrations.CreateModel(
            name='TwoPersonRule',
            fields=[
                ('operation', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['operation'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='consolepolicy',
            name='bootstrap_ended_at',
            field=models.DateTimeField(help_text='When there were two custodians; from then on it takes two to appoint one.', null=True),
        ),
        migrations.AddField(
            model_name='consolepolicy',
            name='custodian_security_key',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='setuplink',
            name='used_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='ApprovalRequest',
            fields=[
                ('id', models.UUIDField(default=releaseconsole.kernel.randomness.uuid4, editable=False, primary_key=True, serialize=False)),
                ('operation', models.CharField(max_length=64)),
                ('facts', models.JSONField()),
                ('digest', models.CharField(help_text='SHA-256 of the operation, in hex.', max_length=64)),
                ('app_id', models.CharField(blank=True, max_length=155)),
                ('sealed_payload', models.TextField(blank=True, help_text='What the operation needs beside its facts, under the KEK; gone once decided.')),
                ('headline', models.CharField(max_length=250)),
                ('sentences', models.JSONField(help_text='What its page said when it was asked for.')),
                ('reason', models.CharField(max_length=500)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('pending', 'pending'), ('executed', 'executed'), ('rejected', 'rejected'), ('withdrawn', 'withdrawn'), ('expired', 'expired'), ('failed', 'failed'), ('overtaken', 'overtaken')], default='pending', max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, max_length=500)),
                ('approver_step_up', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.stepup')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approval_requests', to=settings.AUTH_USER_MODEL)),
                ('requester_step_up', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.stepup')),
            ],
            options={
                'ordering': ['-created_at'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['state', 'expires_at'], name='accounts_approval_waiting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('digest',), name='accounts_approval_pending_once'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='accounts_approval_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['executed', 'rejected']), _negated=True), ('decided_by__isnull', False), _connector='OR'), name='accounts_approval_decided_by'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'executed'), _negated=True), ('approver_step_up__isnull', False), _connector='OR'), name='accounts_approval_confirmed'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'pending')), models.Q(models.Q(('state', 'pending'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='accounts_approval_decided_at'), models.CheckConstraint(condition=models.Q(('state', 'pending'), ('sealed_payload', ''), _connector='OR'), name='accounts_approval_payload_gone'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='accounts_approval_expires')],
            },
        ),
        migrations.CreateModel(
            name='ReviewTask',
            fields=[
                ('id', models.UUIDField(default=releaseconsole.kernel.randomness.uuid4, editable=False, primary_key=True, serialize=False)),
                ('why', models.CharField(choices=[('break_glass', 'break_glass'), ('bootstrap', 'bootstrap')], max_length=16)),
                ('operation', models.CharField(max_length=64)),
                ('facts', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('done_at', models.DateTimeField()),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('done_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_tasks', to=settings.AUTH_USER_MODEL)),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewer_step_up', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.stepup')),
                ('step_up', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.stepup')),
            ],
            options={
                'ordering': ['-done_at'],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('reviewed_by', None), models.Q(('reviewed_by', models.F('done_by')), _negated=True), _connector='OR'), name='accounts_review_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('note', ''), ('reviewed_at', None), ('reviewed_by', None), ('reviewer_step_up', None)), models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False), ('reviewer_step_up__isnull', False), models.Q(('note', ''), _negated=True)), _connector='OR'), name='accounts_review_complete')],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
