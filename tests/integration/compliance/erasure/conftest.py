"""Files outside of the database, in a folder of each test's own."""

from pathlib import Path

import pytest
from django.conf import LazySettings


@pytest.fixture(autouse=True)
def keeps(settings: LazySettings, tmp_path: Path) -> Path:
    """The list of who was erased, packs of exports and logs."""
    settings.VAR_DIR = tmp_path / "var"
    settings.PRIVACY_LIST_FILE = tmp_path / "var" / "privacy" / "suppressed.json"
    settings.EXPORT_DIR = tmp_path / "var" / "exports"
    settings.EMAIL_FILE_PATH = tmp_path / "var" / "mail"
    (tmp_path / "var" / "log").mkdir(parents=True)
    return tmp_path / "var"
