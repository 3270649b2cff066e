"""Creates the roles as groups with their permissions, before the first person exists."""

from django.db import migrations

from accounts.domain.roles import ROLE_PERMISSIONS, Permission


def create_roles(apps, schema_editor):
    alias = schema_editor.connection.alias
    ContentType = apps.get_model("contenttypes", "ContentType")
    AuthPermission = apps.get_model("auth", "Permission")
    Group = apps.get_model("auth", "Group")
    # Django itself creates permissions only after all migrations have run, which is too late for groups.
    content_type, _ = ContentType.objects.using(alias).get_or_create(app_label="accounts", model="user")
    permissions = {
        permission: AuthPermission.objects.using(alias).get_or_create(
            content_type=content_type,
            codename=permission.value,
            defaults={"name": permission.value.replace("_", " ")},
        )[0]
        for permission in Permission
    }
    for role, granted in ROLE_PERMISSIONS.items():
        group, _ = Group.objects.using(alias).get_or_create(name=role.value)
        group.permissions.set([permissions[permission] for permission in granted])


def remove_roles(apps, schema_editor):
    names = [role.value for role in ROLE_PERMISSIONS]
    apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias).filter(name__in=names).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(create_roles, remove_roles)]
