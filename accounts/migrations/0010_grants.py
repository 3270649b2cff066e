"""Grants, auditors' engagements, the role of external auditors, and the permission to see who may do what.

The names are spelled out here, so that this migration does the same whatever later versions grant.
"""

import datetime
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

NEW = {"access_view": "access view"}
HOLDERS = ["administrator", "compliance_officer", "auditor"]
NEW_ROLE = "external_auditor"


def grant(apps, schema_editor):
    alias = schema_editor.connection.alias
    content_type = apps.get_model("contenttypes", "ContentType").objects.using(alias).get(
        app_label="accounts", model="user"
    )
    permissions = [
        apps.get_model("auth", "Permission").objects.using(alias).get_or_create(
            content_type=content_type, codename=codename, defaults={"name": name}
        )[0]
        for codename, name in NEW.items()
    ]
    groups = apps.get_model("auth", "Group").objects.using(alias)
    for group in groups.filter(name__in=HOLDERS):
        group.permissions.add(*permissions)
    groups.get_or_create(name=NEW_ROLE)


def withdraw(apps, schema_editor):
    alias = schema_editor.connection.alias
    apps.get_model("auth", "Group").objects.using(alias).filter(name=NEW_ROLE).delete()
    # With the permissions go the groups' hold on them.
    apps.get_model("auth", "Permission").objects.using(alias).filter(
        content_type__app_label="accounts", content_type__model="user", codename__in=NEW
    ).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_approvals'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='user',
            options={'ordering': ['name'], 'permissions': [('app_view', 'app view'), ('app_create', 'app create'), ('bundle_upload', 'bundle upload'), ('channel_manage', 'channel manage'), ('release_publish', 'release publish'), ('release_approve', 'release approve'), ('release_roll_back', 'release roll back'), ('tester_manage', 'tester manage'), ('key_view', 'key view'), ('key_operate', 'key operate'), ('token_verify', 'token verify'), ('token_issue', 'token issue'), ('audit_view', 'audit view'), ('access_view', 'access view'), ('privacy_manage', 'privacy manage'), ('api_token_manage', 'api token manage'), ('people_manage', 'people manage'), ('settings_manage', 'settings manage')], 'verbose_name': 'person', 'verbose_name_plural': 'people'},
        ),
        migrations.CreateModel(
            name='AuditorEngagement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reports', models.JSONField(default=list, help_text='Names of `accounts.domain.engagements.Report`.')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(help_text='When it was ended before its time.', null=True)),
                ('agreed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='engagements_agreed', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='engagements_ended', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='engagements', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-starts_at', '-pk'],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='accounts_engagement_ends'), models.CheckConstraint(condition=models.Q(('ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('starts_at'), '+', models.Value(datetime.timedelta(days=90))))), name='accounts_engagement_is_short'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__gte', models.F('created_at')), ('ended_at__isnull', False)), _connector='OR'), name='accounts_engagement_ended'), models.CheckConstraint(condition=models.Q(('agreed_by', None), models.Q(('agreed_by', models.F('person')), _negated=True), _connector='OR'), name='accounts_engagement_not_of_oneself')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('app_id', models.CharField(max_length=155)),
                ('channel', models.CharField(blank=True, help_text='Empty: the whole app.', max_length=64)),
                ('permission', models.CharField(max_length=32)),
                ('reason', models.CharField(max_length=300)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='grants_ended', to=settings.AUTH_USER_MODEL)),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='grants_made', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('permission__in', ['app_view', 'release_approve', 'release_publish', 'release_roll_back', 'tester_manage']), models.Q(('channel', ''), ('permission__in', ['app_view', 'bundle_upload', 'release_approve', 'release_publish', 'release_roll_back', 'tester_manage'])), _connector='OR'), name='accounts_grant_permission'), models.CheckConstraint(condition=models.Q(models.Q(('app_id', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='accounts_grant_complete'), models.CheckConstraint(condition=models.Q(('expires_at', None), ('expires_at__gt', models.F('created_at')), _connector='OR'), name='accounts_grant_expires'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__gte', models.F('created_at')), ('ended_at__isnull', False)), _connector='OR'), name='accounts_grant_ended'), models.CheckConstraint(condition=models.Q(('granted_by', None), models.Q(('granted_by', models.F('person')), _negated=True), _connector='OR'), name='accounts_grant_not_to_oneself'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('person', 'app_id', 'channel', 'permission'), name='accounts_grant_once')],
            },
        ),
        migrations.RunPython(grant, withdraw),
    ]
