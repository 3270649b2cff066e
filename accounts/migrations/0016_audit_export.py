"""Lets the audit log be exported: one permission, and the roles that have it."""

from django.db import migrations


NEW = {"audit_export": "audit export"}
HOLDERS = ["compliance_officer", "auditor"]


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
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=HOLDERS):
        group.permissions.add(*permissions)


def withdraw(apps, schema_editor):
    # With the permissions go the groups' hold on them.
    apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias).filter(
        content_type__app_label="accounts", content_type__model="user", codename__in=NEW
    ).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_letters_outside'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='user',
            options={'ordering': ['name'], 'permissions': [('app_view', 'app view'), ('app_create', 'app create'), ('bundle_upload', 'bundle upload'), ('channel_manage', 'channel manage'), ('release_publish', 'release publish'), ('release_approve', 'release approve'), ('release_roll_back', 'release roll back'), ('tester_manage', 'tester manage'), ('key_view', 'key view'), ('key_operate', 'key operate'), ('token_verify', 'token verify'), ('token_issue', 'token issue'), ('audit_view', 'audit view'), ('audit_export', 'audit export'), ('access_view', 'access view'), ('privacy_manage', 'privacy manage'), ('api_token_manage', 'api token manage'), ('people_manage', 'people manage'), ('settings_manage', 'settings manage')], 'verbose_name': 'person', 'verbose_name_plural': 'people'},
        ),
        migrations.RunPython(grant, withdraw),
    ]
