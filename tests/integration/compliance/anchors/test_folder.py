"""A folder gets a file of each checkpoint."""

import os
import stat
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.db import DatabaseError, connection, transaction

from compliance.ledger.models import AuditAnchor
from compliance.ledger.selectors.anchors import anchor_statuses
from tests.support.anchors import files, grown, lay


def test_each_checkpoint_becomes_a_file_that_nobody_writes_to(folder: Path) -> None:
    first, second = grown(), grown()
    assert lay() == 1  # where the folder is new, the past is covered by the newest
    third = grown()
    assert lay() == 1
    assert lay() == 0
    assert [each.read_text() for each in files(folder)] == [second.note, third.note]
    assert {stat.S_IMODE(each.stat().st_mode) for each in files(folder)} == {0o444}
    assert files(folder)[0].parent.name == "2026-11-29"
    assert not list(folder.rglob(".*"))
    assert first.size < second.size


def test_every_one_is_laid_after_the_folder_was_away(folder: Path, settings: LazySettings) -> None:
    grown()
    lay()
    settings.LEDGER_ANCHOR_DIR = ""
    grown(), grown()
    assert lay() == 0
    settings.LEDGER_ANCHOR_DIR = str(folder)
    assert lay() == 2


def test_a_folder_that_is_not_mounted_is_not_made(folder: Path, settings: LazySettings) -> None:
    settings.LEDGER_ANCHOR_DIR = str(folder / "disk")
    grown()
    assert lay() == 0
    assert not (folder / "disk").exists()
    assert "No such file" in AuditAnchor.objects.get().error


def test_another_file_of_the_name_is_left_alone(folder: Path) -> None:
    grown()
    lay()
    (path,) = files(folder)
    path.chmod(0o644)
    path.write_text("another")
    with connection.cursor() as cursor:  # as if nobody remembered that it was laid down
        name = "ledger_append_only" if connection.vendor == "postgresql" else "ledger_auditanchor_no_delete"
        cursor.execute(f"DROP TRIGGER {name}" + (" ON ledger_auditanchor" * (connection.vendor != "sqlite")))
        cursor.execute("DELETE FROM ledger_auditanchor")
    assert lay() == 0
    assert path.read_text() == "another"
    assert "Another checkpoint lies at" in AuditAnchor.objects.get().error


def test_the_same_file_again_is_fine(folder: Path) -> None:
    from compliance.ledger.backends.anchor_files import FileDrop

    drop = FileDrop(str(folder))
    drop.lay("2026-11-29/1.checkpoint", "note")
    drop.lay("2026-11-29/1.checkpoint", "note")
    assert drop.read("2026-11-29/1.checkpoint") == "note"


def test_failures_are_tried_again_ever_more_slowly(
    folder: Path, settings: LazySettings, noon: time_machine.Traveller
) -> None:
    settings.LEDGER_ANCHOR_DIR = str(folder / "disk")
    grown()
    for _ in range(180):
        lay()
        noon.shift(timedelta(minutes=1))
    waits = [anchor.at for anchor in AuditAnchor.objects.order_by("pk")]
    assert [(b - a) // timedelta(minutes=1) for a, b in pairwise(waits)] == [
        1, 2, 4, 8, 16, 32, 60,
    ]  # fmt: skip
    (folder / "disk").mkdir()
    noon.shift(timedelta(hours=1))
    assert lay() == 1
    (status, *_) = anchor_statuses()
    assert (status.failures, status.failure) == (0, None)


@pytest.mark.parametrize(
    "change", ["UPDATE ledger_auditanchor SET error = ''", "DELETE FROM ledger_auditanchor"]
)
def test_the_record_of_copies_is_append_only(folder: Path, change: str) -> None:
    grown()
    lay()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(change)


def test_a_file_is_never_seen_by_half(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def torn(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    grown()
    monkeypatch.setattr(os, "link", torn)
    assert lay() == 0
    assert [each for each in folder.rglob("*") if each.is_file()] == []
    assert "No space left" in AuditAnchor.objects.get().error
