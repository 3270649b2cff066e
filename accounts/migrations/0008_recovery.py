"""Recovery codes, and the record of every authenticator ever bound.

The record is made append-only in the database itself: a row is added, and its removal is written once.
"""

import django.db.models.deletion
import releaseconsole.kernel.clock
from django.conf import settings
from django.db import migrations, models


POSTGRESQL = """
CREATE FUNCTION accounts_record_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The record of authenticators is append-only: % refused.', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$;
CREATE TRIGGER accounts_record_no_delete BEFORE DELETE OR TRUNCATE ON accounts_authenticatorrecord
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_record_refuse_change();
CREATE TRIGGER accounts_record_removal_only BEFORE UPDATE ON accounts_authenticatorrecord
    FOR EACH ROW WHEN (NOT (
        OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL AND
        (NEW.id, NEW.person_id, NEW.authenticator, NEW.kind, NEW.name, NEW.facts, NEW.bound_at) =
        (OLD.id, OLD.person_id, OLD.authenticator, OLD.kind, OLD.name, OLD.facts, OLD.bound_at)
    ))
    EXECUTE FUNCTION accounts_record_refuse_change();
"""
POSTGRESQL_BACK = """
DROP TRIGGER accounts_record_no_delete ON accounts_authenticatorrecord;
DROP TRIGGER accounts_record_removal_only ON accounts_authenticatorrecord;
DROP FUNCTION accounts_record_refuse_change();
"""

# REPLACE deletes without firing DELETE triggers (unless recursive_triggers is on), so an INSERT over an
# existing row is refused as well.
SQLITE = (
    """
    CREATE TRIGGER accounts_record_no_delete BEFORE DELETE ON accounts_authenticatorrecord
    BEGIN SELECT RAISE(ABORT, 'The record of authenticators is append-only: DELETE refused.'); END
    """,
    """
    CREATE TRIGGER accounts_record_removal_only BEFORE UPDATE ON accounts_authenticatorrecord
    WHEN NOT (
        OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL AND
        (NEW.id, NEW.person_id, NEW.authenticator, NEW.kind, NEW.name, NEW.facts, NEW.bound_at) =
        (OLD.id, OLD.person_id, OLD.authenticator, OLD.kind, OLD.name, OLD.facts, OLD.bound_at)
    )
    BEGIN SELECT RAISE(ABORT, 'The record of authenticators is append-only: UPDATE refused.'); END
    """,
    """
    CREATE TRIGGER accounts_record_no_replace BEFORE INSERT ON accounts_authenticatorrecord
    WHEN EXISTS (
        SELECT 1 FROM accounts_authenticatorrecord WHERE id = NEW.id OR authenticator = NEW.authenticator
    )
    BEGIN SELECT RAISE(ABORT, 'The record of authenticators is append-only: REPLACE refused.'); END
    """,
)
SQLITE_BACK = (
    "DROP TRIGGER accounts_record_no_delete",
    "DROP TRIGGER accounts_record_removal_only",
    "DROP TRIGGER accounts_record_no_replace",
)


def fill(apps, schema_editor):
    """Put on record what is bound already."""
    alias = schema_editor.connection.alias
    record = apps.get_model("accounts", "AuthenticatorRecord")
    for row in apps.get_model("accounts", "TOTPAuthenticator").objects.using(alias).filter(confirmed=True):
        record.objects.using(alias).create(
            person_id=row.user_id,
            authenticator=f"accounts.totpauthenticator/{row.pk}",
            kind="totp",
            name=row.name,
            bound_at=row.created_at,
        )


def guard(apps, schema_editor):
    statements = (POSTGRESQL,) if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement, params=None)  # None: "%" is no placeholder here


def unguard(apps, schema_editor):
    statements = (POSTGRESQL_BACK,) if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK
    for statement in statements:
        schema_editor.execute(statement, params=None)  # None: "%" is no placeholder here


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_webauthn'),
    ]

    operations = [
        migrations.CreateModel(
            name='RecoveryCodeDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='The human-readable name of this device.', max_length=64)),
                ('confirmed', models.BooleanField(default=True, help_text='Is this device ready for use?')),
                ('throttling_failure_timestamp', models.DateTimeField(blank=True, default=None, help_text='A timestamp of the last failed verification attempt. Null if last attempt succeeded.', null=True)),
                ('throttling_failure_count', models.PositiveIntegerField(default=0, help_text='Number of successive failed attempts.')),
                ('sealed_pepper', models.TextField(editable=False)),
                ('created_at', models.DateTimeField(default=releaseconsole.kernel.clock.now, editable=False)),
                ('last_used_at', models.DateTimeField(editable=False, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_code_devices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'set of recovery codes',
                'verbose_name_plural': 'sets of recovery codes',
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hmac', models.CharField(editable=False, max_length=64)),
                ('used_at', models.DateTimeField(editable=False, null=True)),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='accounts.recoverycodedevice')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AuthenticatorRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('authenticator', models.CharField(help_text='As django-otp names it.', max_length=100, unique=True)),
                ('kind', models.CharField(choices=[('totp', 'totp'), ('security_key', 'security_key'), ('recovery_code', 'recovery_code'), ('identity_provider', 'identity_provider')], max_length=24)),
                ('name', models.CharField(help_text='As it was called when it was bound.', max_length=64)),
                ('facts', models.JSONField(default=dict, help_text='What it said of itself, such as an AAGUID.')),
                ('bound_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(null=True)),
                ('removed_by', models.CharField(blank=True, help_text='Kind and id of the actor.', max_length=80)),
                ('removed_why', models.CharField(blank=True, max_length=200)),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='authenticator_records', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-bound_at', '-pk'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['person', '-bound_at'], name='accounts_records_of_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['totp', 'security_key', 'recovery_code', 'identity_provider'])), name='accounts_record_kind'), models.CheckConstraint(condition=models.Q(models.Q(('removed_at', None), ('removed_by', ''), ('removed_why', '')), models.Q(('removed_at__gte', models.F('bound_at')), ('removed_at__isnull', False), models.Q(('removed_by', ''), _negated=True), models.Q(('removed_why', ''), _negated=True)), _connector='OR'), name='accounts_record_removed_later')],
            },
        ),
        migrations.AddConstraint(
            model_name='recoverycodedevice',
            constraint=models.UniqueConstraint(fields=('user',), name='accounts_recovery_codes_one_set'),
        ),
        migrations.AddConstraint(
            model_name='recoverycode',
            constraint=models.UniqueConstraint(fields=('device', 'code_hmac'), name='accounts_recovery_code_once'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(guard, unguard, elidable=False),
    ]
