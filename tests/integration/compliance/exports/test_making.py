"""Making exports: taken over from who died, given up in the open, never opened unproved."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.errors import PermissionDeniedError, StepUpRequiredError
from accounts.models import User
from compliance.desk.backends import pdf
from compliance.desk.backends.export_files import pack_path, packs_stored, work_begin
from compliance.desk.models import Export
from compliance.desk.models.exports import ExportState
from compliance.desk.services import export_making, exports
from compliance.desk.services.export_making import ATTEMPTS, SILENCE, export_claim, export_make, exports_make
from compliance.desk.services.exports import (
    export_cancel,
    export_order,
    export_retry,
    exports_remove,
)
from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.errors import SignerUnavailableError
from compliance.ledger.models import AuditErasure, AuditEvent
from releaseconsole.kernel import clock
from tests.support.exporting import REASON, erased, happened, made, ordered, unpacked, verified, wish_of
from tests.support.ledger import SoftwareSigner

LONG_AFTER = SILENCE + timedelta(seconds=1)


def claimed() -> Export:
    export = export_claim()
    assert export is not None
    return export


def state_of(export: Export) -> tuple[str, str]:
    export.refresh_from_db()
    return export.state, export.failure


def test_what_a_dead_worker_left_is_made_anew(orla: User, tmp_path: Path, export_dir: Path) -> None:
    happened(3, user=orla)
    ordered(orla, wish_of())
    dead = claimed()
    assert dead.claim is not None
    (work_begin(dead.claim) / "events.jsonl").write_bytes(b"half of it")
    (export_dir / "work" / "lost+found").mkdir()  # nobody's attempt
    assert export_claim() is None
    with time_machine.travel(clock.now() + LONG_AFTER):
        assert exports_make() == 1
    assert state_of(dead) == (ExportState.READY, "")
    assert verified(unpacked(dead, tmp_path)).returncode == 0
    assert [path.name for path in (export_dir / "work").iterdir()] == ["lost+found"]


def test_one_who_died_after_writing_only_has_the_door_opened(
    orla: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered(orla, wish_of())
    export = claimed()

    def dies(_: Export) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(export_making, "_open", dies)
        with pytest.raises(KeyboardInterrupt):
            export_make(export=export)
    written = pack_path(export.pk).read_bytes()
    assert state_of(export)[0] == ExportState.RUNNING
    with time_machine.travel(clock.now() + LONG_AFTER):
        exports_make()
    assert state_of(export)[0] == ExportState.READY
    assert pack_path(export.pk).read_bytes() == written
    assert AuditEvent.objects.filter(action=Action.EXPORT_MADE.value).count() == 1


def test_after_some_deaths_it_is_given_up(orla: User) -> None:
    export, now = ordered(orla, wish_of()), clock.now()
    for attempt in range(ATTEMPTS):
        with time_machine.travel(now + LONG_AFTER * attempt, tick=False):
            claimed()
    with time_machine.travel(now + LONG_AFTER * ATTEMPTS, tick=False):
        assert export_claim() is None
    assert state_of(export) == (ExportState.FAILED, "3 processes that made it died.")
    [event] = AuditEvent.objects.filter(action=Action.EXPORT_MADE.value)
    assert event.outcome == Outcome.FAILED.value


def test_one_that_was_believed_dead_writes_nothing_over(orla: User) -> None:
    ordered(orla, wish_of())
    slow = claimed()
    with time_machine.travel(clock.now() + LONG_AFTER):
        exports_make()
    before = pack_path(slow.pk).read_bytes()
    export_make(export=slow)
    assert pack_path(slow.pk).read_bytes() == before
    assert state_of(slow)[0] == ExportState.READY


def test_a_cancelled_one_stops(orla: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_making, "_BEAT_SECONDS", 0.0)
    export = ordered(orla, wish_of())
    running = claimed()
    export_cancel(export=export, user=orla)
    export_make(export=running)
    assert state_of(export) == (ExportState.CANCELLED, "")
    assert not pack_path(export.pk).exists()


def test_one_at_a_time_is_made(orla: User) -> None:
    first, second = ordered(orla, wish_of()), ordered(orla, wish_of())
    assert claimed().pk == first.pk
    assert export_claim() is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=second.pk).update(state=ExportState.RUNNING)


def test_without_a_signer_it_fails_and_can_be_made_later(
    orla: User, ledger_signer: SoftwareSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ordered(orla, wish_of())

    def cannot(_: bytes) -> Any:
        raise SignerUnavailableError

    with monkeypatch.context() as gone:
        gone.setattr(ledger_signer, "sign", cannot)
        exports_make()
    assert state_of(export) == (ExportState.FAILED, SignerUnavailableError.title)
    export_retry(export=export, user=orla)
    exports_make()
    assert state_of(export)[0] == ExportState.READY


def test_a_full_disk_fails_it(orla: User, export_dir: Path) -> None:
    export_dir.write_bytes(b"no folder can be made here")
    export = made(orla, wish_of())
    assert export.state == ExportState.FAILED
    assert export.failure.startswith("The file can't be written")


def test_a_row_that_is_unproved_is_never_ready(orla: User) -> None:
    export = made(orla, wish_of())
    for missing in ({"receipt": ""}, {"sha256": ""}, {"checkpoint": None}, {"made": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Export.objects.filter(pk=export.pk).update(**missing)


def vandalised(statement: str, number: int) -> None:
    """Change the log as whoever owns the database could, past its triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%ledger_%'"
            )
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            cursor.execute(statement, [number])
            for _, text in triggers:
                cursor.execute(text)
        else:
            table = statement.split()[1 if statement.startswith("UPDATE") else 2]
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(statement, [number])
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM ledger_auditcontent WHERE event_id = %s", "its content is gone"),
        ("DELETE FROM ledger_auditdisclosure WHERE event_id = %s", "values are gone"),
    ],
)
def test_what_was_taken_away_without_a_permit_is_no_export(statement: str, said: str, orla: User) -> None:
    number = happened(3, user=orla, name="Nora")[1].number
    if "content" in statement:
        vandalised("DELETE FROM ledger_auditdisclosure WHERE event_id = %s", number)
    vandalised(statement, number)
    export = made(orla, wish_of(), personal=True)
    assert export.state == ExportState.FAILED
    assert said in export.failure


def test_what_a_made_up_permit_took_away_is_no_export(orla: User) -> None:
    """With the console's own rights: triggers are on, and the event that it names speaks of another."""
    lawful, other = happened(2, user=orla, name="Nora")
    erased([lawful], user=orla, disclosures_only=True)
    tombstone = AuditEvent.objects.filter(action=Action.DISCLOSURES_ERASED.value).get()
    AuditErasure.objects.create(
        first=other.number, last=other.number, disclosures_only=True, kind="privacy", tombstone=tombstone
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_auditdisclosure WHERE event_id = %s", [other.number])
    export = made(orla, wish_of(), personal=True)
    assert export.state == ExportState.FAILED
    assert "lost something that wasn't erased" in export.failure


def test_a_pack_that_is_finished_meanwhile_is_no_stray(orla: User, monkeypatch: pytest.MonkeyPatch) -> None:
    finished: list[Export] = []

    def stored_meanwhile() -> set[UUID]:
        finished.append(made(orla, wish_of()))
        return packs_stored()

    monkeypatch.setattr(exports, "packs_stored", stored_meanwhile)
    exports_remove()
    assert pack_path(finished[0].pk).exists()


def test_what_a_dead_process_wrote_whole_is_no_stray_while_its_export_waits(orla: User) -> None:
    export = ordered(orla, wish_of())
    pack_path(export.pk).parent.mkdir(parents=True, exist_ok=True)
    pack_path(export.pk).write_bytes(b"a pack")
    exports_remove()
    assert pack_path(export.pk).exists()


def test_nobody_is_taken_for_dead_while_the_report_is_set_twice() -> None:
    assert SILENCE.total_seconds() >= 2 * (2 * pdf._SECONDS_AT_MOST)


def test_nothing_is_kept_longer_than_it_should_be(orla: User, audra: User, export_dir: Path) -> None:
    old, stray = made(orla, wish_of()), UUID("8f0f2f4e-0000-4000-8000-000000000009")
    pack_path(stray).write_bytes(b"what a cancelled one left")
    (export_dir / "minutes-of-the-audit.zip").write_bytes(b"what somebody put there")
    assert exports_remove() == 0
    assert not pack_path(stray).exists()
    assert (export_dir / "minutes-of-the-audit.zip").exists()
    assert old.expires_at is not None
    with time_machine.travel(old.expires_at, tick=False):
        assert exports_remove() == 1
    assert state_of(old)[0] == ExportState.REMOVED
    assert not pack_path(old.pk).exists()
    [event] = AuditEvent.objects.filter(action=Action.EXPORT_REMOVED.value)
    assert (event.actor_kind, event.detail["sha256"]) == ("system", old.sha256)


@pytest.mark.parametrize("name", ["ada", "rita", "kai", "olaf"])
def test_who_may_not_export_orders_nothing(db: None, name: str, request: pytest.FixtureRequest) -> None:
    user: User = request.getfixturevalue(name)
    with pytest.raises(PermissionDeniedError):
        ordered(user, wish_of())
    assert not Export.objects.exists()


def test_personal_values_are_not_ordered_on_somebody_elses_confirmation(orla: User, audra: User) -> None:
    with pytest.raises(StepUpRequiredError):
        export_order(wish=wish_of(), personal=True, reason=REASON, user=orla)
    assert not Export.objects.exists()
