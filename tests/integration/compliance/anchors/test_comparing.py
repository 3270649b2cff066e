"""Copies are read back and compared with the log."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from compliance.ledger.backends.signer import signer_register
from compliance.ledger.models import AnchorAct, AuditAnchor
from compliance.ledger.selectors.anchors import anchor_statuses
from compliance.ledger.tasks import anchors_compare as anchors_compare_task
from tests.support.anchors import compare, files, grown, lay, said
from tests.support.ledger import SoftwareSigner


def test_copies_that_fit_differ_in_nothing(folder: Path, bucket: str) -> None:
    for _ in range(3):
        grown()
        lay()
    assert [(each.kind.value, each.read, each.differences) for each in compare()] == [
        ("file", 3, ()),
        ("s3", 1, ()),
    ]
    assert {row.error for row in AuditAnchor.objects.filter(act=AnchorAct.COMPARE)} == {""}


def test_a_copy_that_is_gone_is_told(folder: Path) -> None:
    grown()
    lay()
    files(folder)[0].unlink()
    assert said() == "it's gone"


@pytest.mark.parametrize("change", [b"x", b"0"])
def test_a_copy_that_was_changed_is_told(folder: Path, change: bytes) -> None:
    grown()
    lay()
    path = files(folder)[0]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"\n1\n", b"\n" + change + b"\n"))
    assert said() != ""


def test_a_folder_that_cannot_be_read_is_told(folder: Path, settings: LazySettings) -> None:
    grown()
    lay()
    settings.LEDGER_ANCHOR_DIR = str(folder / "away")
    assert "can't be read" in said()


def test_a_bucket_out_of_reach_is_told(bucket: str, settings: LazySettings) -> None:
    grown()
    lay()
    settings.LEDGER_ANCHOR_S3 = "s3://nowhere/x"
    assert "The storage refuses: NoSuchBucket." in said()


def test_a_copy_of_another_key_is_told(folder: Path) -> None:
    grown()
    lay()
    signer_register(SoftwareSigner())
    assert said() != ""


def test_a_shorter_log_than_was_laid_down_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grown(4)
    lay()
    monkeypatch.setattr("compliance.ledger.services.anchors_comparing.tree_size", lambda: 3)
    assert said() == "the log had 4 entries, and has 3"


def test_another_log_than_was_laid_down_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grown(4)
    lay()
    monkeypatch.setattr(
        "compliance.ledger.services.anchors_comparing.tree_root", lambda _size, _node: b"\0" * 32
    )
    assert said() == "the first 4 entries were others"


def test_files_of_another_log_do_not_matter(folder: Path) -> None:
    grown()
    lay()
    (folder / "2026-11-29" / f"000000000000009-{'0' * 16}.checkpoint").write_text("another console's")
    (folder / "README").write_text("What this is.")
    assert said() == ""


def test_the_task_notes_what_came_of_it(folder: Path) -> None:
    grown()
    lay()
    anchors_compare_task()
    (status, *_) = anchor_statuses()
    assert status.comparison is not None
    assert (status.comparison.place, status.comparison.error) == ("1 copies", "")
