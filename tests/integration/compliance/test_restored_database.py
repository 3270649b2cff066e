"""A database that is older than what was signed of it: noticed, refused, and begun anew by a ceremony."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import transaction

from compliance.ledger.backends.signer import CheckpointKey, signer_current, signer_register
from compliance.ledger.backends.witness import witness_hold, witness_start_over
from compliance.ledger.backends.witness_stores import REDIS_KEY
from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey, note_verify
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.errors import LedgerError, RestartRefusedError, WitnessError
from compliance.ledger.models import AuditCheckpoint, AuditEpoch, AuditEvent
from compliance.ledger.selectors.tree import tree_size
from compliance.ledger.services import audit_record
from compliance.ledger.services.checkpoints import checkpoint_take, epoch_current
from compliance.ledger.services.restarting import Restart, log_restart, restart_propose
from releaseconsole.kernel import clock
from releaseconsole.redis_link import redis_client
from tests.support.at_once import at_once
from tests.support.ledger import SoftwareSigner

REASON = "The disk died; this is last night's backup."


def happens(times: int = 1) -> None:
    for _ in range(times):
        with transaction.atomic():
            audit_record(action=Action.APP_CREATED, actor=SYSTEM, now=clock.now(), app_id="a")


def taken() -> AuditCheckpoint:
    checkpoint = checkpoint_take(now=clock.now())
    assert checkpoint is not None
    return checkpoint


def stated(row: AuditCheckpoint) -> Checkpoint:
    return Checkpoint(row.origin, row.size, bytes(row.root))


def restarted(restart: Restart | None = None, reason: str = REASON) -> AuditEpoch:
    proposed = restart or restart_propose(now=clock.now())
    return log_restart(proposed, reason=reason, os_user="root", now=clock.now())


def last_event() -> AuditEvent:
    event = AuditEvent.objects.filter(action=Action.LOG_RESTARTED).first()
    assert event is not None
    return event


class Backup:
    """The database as it was; restoring it undoes whatever was done since."""

    def __init__(self) -> None:
        self.savepoint = transaction.savepoint()

    def restore(self) -> None:
        transaction.savepoint_rollback(self.savepoint)


@pytest.fixture
def backup(db: None) -> Backup:
    """Three entries, signed; what a test does from here on is lost when it restores."""
    happens(3)
    taken()
    return Backup()


@pytest.fixture
def lost(backup: Backup) -> Checkpoint:
    """What was signed of five entries, two of which a restore has lost."""
    happens(2)
    signed = stated(taken())
    backup.restore()
    assert tree_size() == 3
    return signed


# --- noticing -----------------------------------------------------------------------------------------


def test_a_log_that_grows_is_signed_again_and_again(backup: Backup) -> None:
    sizes = []
    for _ in range(3):
        happens(2)
        sizes.append(taken().size)
    assert sizes == [5, 7, 9]


def test_what_is_signed_already_is_not_signed_twice(backup: Backup) -> None:
    assert taken() == taken()
    assert AuditCheckpoint.objects.count() == 1


def test_an_older_database_is_noticed_at_once_though_it_ends_where_it_was_signed(lost: Checkpoint) -> None:
    with pytest.raises(WitnessError, match="log of 3 entries doesn't continue the 5"):
        taken()


def test_an_older_database_that_has_gone_on_is_noticed(lost: Checkpoint) -> None:
    for _ in range(4):
        happens()
        with pytest.raises(WitnessError, match="doesn't continue the 5 that were signed"):
            taken()
    assert AuditCheckpoint.objects.count() == 1


def test_an_emptied_database_is_noticed_with_its_first_event(db: None) -> None:
    empty = Backup()
    happens()
    name = taken().origin
    empty.restore()
    happens()
    with pytest.raises(WitnessError, match=f"{name} was signed last"):
        taken()


def test_who_deletes_the_memory_as_well_gets_no_signature(backup: Backup, settings: LazySettings) -> None:
    settings.LEDGER_WITNESS_FILE.unlink()
    redis_client().delete(REDIS_KEY)
    happens()
    with pytest.raises(WitnessError, match="neither file nor Redis"):
        taken()


def test_a_memory_that_is_behind_catches_up(backup: Backup, settings: LazySettings) -> None:
    early = settings.LEDGER_WITNESS_FILE.read_bytes()
    happens(2)
    row = taken()
    settings.LEDGER_WITNESS_FILE.write_bytes(early)
    redis_client().delete(REDIS_KEY)
    assert taken() == row
    with witness_hold(expects_state=True) as witness:
        assert witness.remembered == (stated(row),)


def test_a_memory_of_another_log_of_one_size_is_noticed(backup: Backup) -> None:
    row = stated(taken())
    witness_start_over(Checkpoint(row.origin, row.size, bytes(32)))
    with pytest.raises(WitnessError, match="doesn't continue"):
        taken()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_sign_at_once_each_gets_the_one_checkpoint() -> None:
    happens(3)
    assert {row.pk for row in at_once([taken] * 8)} == {taken().pk}
    assert AuditCheckpoint.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_begin_the_log_at_once_one_names_it() -> None:
    begun = at_once([lambda: epoch_current(now=clock.now())] * 8)
    assert {epoch.origin for epoch in begun} == {AuditEpoch.objects.get().origin}


@pytest.mark.django_db(transaction=True)
def test_who_write_and_sign_at_once_sign_one_log_that_grows() -> None:
    def act() -> int:
        happens()
        return taken().size

    assert max(at_once([act] * 8)) == taken().size == 8


def test_two_hosts_that_sign_the_same_at_once_have_one_checkpoint(
    db: None, settings: LazySettings, tmp_path: Path, ledger_signer: SoftwareSigner
) -> None:
    happens()
    mine = settings.LEDGER_WITNESS_FILE

    class Slow(SoftwareSigner):
        """So slow that the other host, which shares database and Redis, is through in between."""

        def sign(self, body: bytes, /) -> tuple[CheckpointKey, bytes]:
            signer_register(ledger_signer)
            settings.LEDGER_WITNESS_FILE = tmp_path / "another-host.json"
            taken()
            settings.LEDGER_WITNESS_FILE = mine
            return ledger_signer.sign(body)

    signer_register(Slow())
    assert taken() == AuditCheckpoint.objects.get()


def test_the_witness_is_told_before_a_signature_leaves(db: None, settings: LazySettings) -> None:
    happens()

    class Watched(SoftwareSigner):
        def sign(self, body: bytes, /) -> tuple[CheckpointKey, bytes]:
            assert b'"size":1' in settings.LEDGER_WITNESS_FILE.read_bytes()
            return super().sign(body)

    signer_register(Watched())
    assert taken().size == 1


# --- the ceremony -------------------------------------------------------------------------------------


def test_a_log_that_was_begun_anew_has_another_name_and_is_signed(lost: Checkpoint) -> None:
    epoch = restarted()
    assert epoch.origin == f"{lost.origin}#2"
    assert epoch.began_size == 3
    row = AuditCheckpoint.objects.last()
    assert row is not None
    assert (row.origin, row.size) == (epoch.origin, 4), "it covers the event that says so"
    signed_by = signer_current().keys()
    assert note_verify(row.note, [NoteKey(epoch.origin, key.spki) for key in signed_by]) == stated(row)
    happens()
    assert taken().size == 5


def test_the_log_says_what_was_signed_and_what_is_left(lost: Checkpoint) -> None:
    found = restart_propose(now=clock.now()).found
    restarted()
    event = last_event()
    said: dict[str, Any] = event.detail
    assert [(each["origin"], each["size"]) for each in said["before"]] == [(lost.origin, 5)]
    assert (said["after"]["origin"], said["after"]["size"]) == (f"{lost.origin}#2", 3)
    assert said["before"][0]["root"] != said["after"]["root"]
    assert (said["reason"], said["os_user"]) == (REASON, "root")
    assert "doesn't continue the 5" in said["why"]
    assert event.object_id == found.origin


def test_the_old_memory_is_kept_as_evidence(lost: Checkpoint, settings: LazySettings) -> None:
    said = settings.LEDGER_WITNESS_FILE.read_bytes()
    restarted()
    file = settings.LEDGER_WITNESS_FILE
    assert file.with_name(f"{file.name}.before-1").read_bytes() == said


def test_a_log_that_the_witness_takes_is_not_begun_anew(backup: Backup) -> None:
    happens()
    with pytest.raises(RestartRefusedError, match="nothing to begin anew") as refused:
        restart_propose(now=clock.now())
    assert refused.value.code == "restart_refused"
    assert AuditEpoch.objects.count() == 1


def test_a_restart_without_a_reason_is_refused(lost: Checkpoint) -> None:
    with pytest.raises(RestartRefusedError, match="needs a reason"):
        restarted(reason="  ")
    assert AuditEpoch.objects.count() == 1


def test_what_was_confirmed_is_what_is_done_or_nothing_is(lost: Checkpoint) -> None:
    proposed = restart_propose(now=clock.now())
    witness_start_over(Checkpoint(lost.origin, 6, bytes(32)))
    with pytest.raises(RestartRefusedError, match="changed meanwhile"):
        restarted(proposed)
    forged = Restart(proposed.why, proposed.signed, proposed.found, f"{proposed.origin}x")
    with pytest.raises(RestartRefusedError, match="changed meanwhile"):
        restarted(forged)


def test_another_log_than_the_one_that_was_found_is_not_begun(lost: Checkpoint) -> None:
    proposed = restart_propose(now=clock.now())
    other = Checkpoint(proposed.found.origin, proposed.found.size, bytes(32))
    with pytest.raises(WitnessError):
        restarted(Restart(proposed.why, proposed.signed, other, proposed.origin))
    assert AuditEpoch.objects.count() == 1


def test_what_happens_during_the_ceremony_is_in_the_log_that_begins(lost: Checkpoint) -> None:
    proposed = restart_propose(now=clock.now())
    happens(2)
    restarted(proposed)
    assert taken().size == 3 + 2 + 1


def test_a_second_restart_has_a_third_name(lost: Checkpoint) -> None:
    restarted()
    twice = Backup()
    happens(3)
    taken()
    twice.restore()
    assert restarted().origin == f"{lost.origin}#3"
    assert [each.origin.rpartition("#")[2] for each in AuditEpoch.objects.all()][1:] == ["2", "3"]


def test_a_database_from_before_a_restart_takes_no_name_that_was_used(backup: Backup) -> None:
    happens(2)
    row = taken()
    witness_start_over(Checkpoint(f"{row.origin}#2", 9, bytes(32)))
    backup.restore()
    assert restarted().origin == f"{row.origin}#3"


def test_a_restart_that_was_cut_off_is_held_again(lost: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """It died between the database and the witness, which still refuses."""
    with monkeypatch.context() as patched:
        patched.setattr("compliance.ledger.services.restarting.witness_start_over", lambda _: None)
        restarted()
    with pytest.raises(WitnessError, match="was signed last"):
        taken()
    assert restarted().origin == f"{lost.origin}#3"
    assert [each["size"] for each in last_event().detail["before"]] == [5]
    assert taken().size == 5


def test_a_memory_that_is_gone_is_begun_anew_from_what_the_database_says(
    backup: Backup, settings: LazySettings
) -> None:
    row = taken()
    settings.LEDGER_WITNESS_FILE.unlink()
    redis_client().delete(REDIS_KEY)
    restarted()
    assert [each["size"] for each in last_event().detail["before"]] == [row.size]
    assert taken().size == row.size + 1


@pytest.mark.parametrize("mode", [0o600, 0o666])
def test_a_memory_that_cannot_be_read_is_begun_anew(
    mode: int, backup: Backup, settings: LazySettings
) -> None:
    settings.LEDGER_WITNESS_FILE.write_bytes(b"broken")
    settings.LEDGER_WITNESS_FILE.chmod(mode)
    restarted()
    assert taken().size == 4


def test_an_emptied_database_begins_a_log_that_says_so(db: None) -> None:
    empty = Backup()
    happens()
    name = taken().origin
    empty.restore()
    proposed = restart_propose(now=clock.now())
    assert (proposed.found.origin, proposed.found.size) == (f"{name}#2", 0)
    restarted(proposed)
    assert taken().size == 1


# --- on the host --------------------------------------------------------------------------------------


def command(monkeypatch: pytest.MonkeyPatch, answer: str | None) -> None:
    def answered(_: str) -> str:
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", answered)
    call_command("audit_restart", reason=REASON)


def test_the_command_says_what_is_lost_and_does_it(
    lost: Checkpoint, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command(monkeypatch, "restart at 3")
    said = capsys.readouterr().out
    assert f"Signed before: 5 entries, root {lost.root.hex()}" in said
    assert "There now: 3 entries" in said
    assert f"goes on as {lost.origin}#2" in said
    assert stated(taken()).origin == f"{lost.origin}#2"


def test_where_nothing_is_known_of_before_the_command_says_so(
    db: None, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.LEDGER_WITNESS_FILE.write_bytes(b"broken")
    settings.LEDGER_WITNESS_FILE.chmod(0o600)
    happens()
    command(monkeypatch, "restart at 1")
    assert "isn't known here" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "words"),
    [("restart at 5", "That isn't it"), ("yes", "That isn't it"), ("", "That isn't it"), (None, "Nobody")],
)
def test_unless_somebody_confirms_it_nothing_is_done(
    answer: str | None, words: str, lost: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match=words) as cancelled:
        command(monkeypatch, answer)
    assert cancelled.value.returncode == 5
    assert AuditEpoch.objects.count() == 1
    with pytest.raises(LedgerError):
        taken()


def test_the_command_refuses_where_nothing_is_wrong(backup: Backup, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match=r"\[restart_refused\]") as refused:
        command(monkeypatch, "restart at 3")
    assert refused.value.returncode == 1


def test_the_command_asks_for_a_reason() -> None:
    with pytest.raises(CommandError, match="--reason"):
        call_command("audit_restart")
