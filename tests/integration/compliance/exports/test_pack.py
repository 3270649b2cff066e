"""A pack says what the log says, and an auditor's own machine agrees."""

from pathlib import Path

from accounts.models import User
from compliance.desk.models.exports import ExportState
from tests.support.exporting import happened, made, unpacked, verified, wish_of


def test_a_pack_of_the_whole_log_holds(orla: User, tmp_path: Path) -> None:
    happened(20, user=orla, reason="because", name="=HYPERLINK()")
    export = made(orla, wish_of(), personal=True)
    assert (export.state, export.failure) == (ExportState.READY, "")
    done = verified(unpacked(export, tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    print(done.stdout)
