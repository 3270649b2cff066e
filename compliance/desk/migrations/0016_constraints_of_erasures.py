"""What the rules say of erasures, said by the database; what earlier versions wrote against them is mended."""

from django.conf import settings
from django.db import migrations, models

from releaseconsole.kernel import clock

_UNDER_WAY = ("running", "stuck")


def doubles_give_up(apps, schema_editor):
    """Leave the newest of a request's runs: once, each replay began another one beside a stuck one."""
    runs = apps.get_model("desk", "ErasureRun").objects.filter(state__in=_UNDER_WAY)
    newest = set()
    for run in runs.order_by("-started_at", "-pk"):
        if (run.request, run.is_replay) not in newest:
            newest.add((run.request, run.is_replay))
            continue
        run.state, run.finished_at, run.error = "given_up", clock.now(), "a later run took its place"
        run.sealed_subject, run.claimed_until = "", None
        run.save()


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0015_proved_identifiers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(doubles_give_up, migrations.RunPython.noop),
        migrations.AddField(
            model_name='erasurerun',
            name='told_at',
            field=models.DateTimeField(help_text="When officers were told that it's stuck.", null=True),
        ),
        migrations.AddField(
            model_name='providernotice',
            name='unsent_why',
            field=models.CharField(blank=True, db_default='', max_length=11),
        ),
        migrations.AddConstraint(
            model_name='erasurerun',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'stuck', 'done', 'given_up'])), name='desk_erasure_state_known'),
        ),
        migrations.AddConstraint(
            model_name='erasurerun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('running', 'stuck')), _negated=True), models.Q(('sealed_subject', ''), _negated=True), _connector='OR'), name='desk_erasure_under_way_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='erasurerun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(('statement', ''), _negated=True), ('request__startswith', '~'), _connector='OR'), name='desk_erasure_done_states_what'),
        ),
        migrations.AddConstraint(
            model_name='erasurerun',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('running', 'stuck'))), fields=('request', 'is_replay'), name='desk_erasure_under_way_once'),
        ),
        migrations.AddConstraint(
            model_name='erasurestep',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['suppress', 'drain', 'holder', 'compact', 'search', 'finish'])), name='desk_erasure_step_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='privacyletter',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['acknowledge', 'extend', 'deny', 'complete', 'withdraw', 'receipt'])), name='desk_privacy_letter_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequestsubject',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['email', 'phone', 'device', 'custom_id', 'tester'])), name='desk_request_subject_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='providernotice',
            constraint=models.CheckConstraint(condition=models.Q(('unsent_why__in', ['', 'erased', 'undelivered'])), name='desk_notice_unsent_why_known'),
        ),
        migrations.AddConstraint(
            model_name='providernotice',
            constraint=models.CheckConstraint(condition=models.Q(('unsent_why', ''), models.Q(('letter', None), ('state', 'due')), _connector='OR'), name='desk_notice_unsent_is_due'),
        ),
        migrations.AddConstraint(
            model_name='suppressedsubject',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['device', 'email', 'custom_id', 'row'])), name='desk_suppressed_kind_known'),
        ),
    ]
