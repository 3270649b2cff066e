"""Officers get a day's last checkpoint by mail."""

from datetime import timedelta
from pathlib import Path

import time_machine

from accounts.models import Letter, User
from compliance.ledger.models import AuditAnchor, AuditEvent
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.tasks import anchors_lay as anchors_lay_task
from releaseconsole.kernel import clock
from tests.support.anchors import NOON, grown, lay


def test_each_officer_gets_yesterdays_last_one(
    letters: None, orla: User, rita: User, noon: time_machine.Traveller
) -> None:
    grown()
    checkpoint = grown()
    assert lay() == 0  # the day isn't over
    noon.move_to(NOON + timedelta(hours=12))
    grown()
    assert lay() == 1
    assert lay() == 0
    letter = Letter.objects.get()
    assert letter.person == orla
    assert letter.subject == "Keep this: the audit log at the end of 29 November 2026"
    assert checkpoint.note in letter.body_read()
    anchor = AuditAnchor.objects.get()
    assert (anchor.checkpoint, anchor.place, anchor.seals) == (checkpoint, "1 letter", NOON.date())


def test_a_day_without_a_checkpoint_is_not_sealed(
    letters: None, orla: User, noon: time_machine.Traveller
) -> None:
    assert lay() == 0
    assert not AuditAnchor.objects.exists()


def test_nobody_to_write_to_is_an_error(letters: None, noon: time_machine.Traveller) -> None:
    grown()
    noon.shift(timedelta(days=1))
    assert lay() == 0
    assert AuditAnchor.objects.get().error == "There's no compliance officer to write to."
    assert not Letter.objects.exists()


def test_a_quiet_log_stays_quiet_but_for_one_entry_a_day(
    letters: None, orla: User, folder: Path, bucket: str, noon: time_machine.Traveller
) -> None:
    grown()
    before = AuditEvent.objects.count()
    for _ in range(4 * 24):
        noon.shift(timedelta(hours=1))
        checkpoint_take(now=clock.now())
        anchors_lay_task()
    assert AuditEvent.objects.count() == before + 2 * 4
