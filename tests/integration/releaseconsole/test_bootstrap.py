"""What a start finds and tidies."""

import os
from pathlib import Path

from pytest_django import Settings

from releaseconsole.bootstrap import uploads_tidy
from releaseconsole.kernel import clock


def test_only_uploads_that_nobody_can_be_receiving_any_more_are_removed(
    settings: Settings, tmp_path: Path
) -> None:
    settings.UPLOAD_DIR = tmp_path
    for name, hours in {"left.upload": 25, "running.upload": 23}.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (clock.epoch_seconds() - hours * 3600,) * 2)

    uploads_tidy()

    assert [path.name for path in tmp_path.iterdir()] == ["running.upload"]
