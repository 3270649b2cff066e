"""The list beside the database: who can write the file, but hasn't the keys, takes nobody off it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from compliance.desk.errors import SuppressionFileError
from compliance.desk.models import SuppressedSubject
from compliance.desk.services.erasure.suppression import (
    suppress,
    suppression_file_import,
    suppression_file_update,
    suppression_lift,
)
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Subject

ANN = Subject(emails=frozenset({"ann@example.com"}))
LIFTED = "2200-01-01T00:00:00+00:00"


@pytest.fixture
def file(db: None, settings: LazySettings) -> Path:
    suppress(subject=ANN, request="PR-TESTTEST", now=clock.now())
    return Path(settings.PRIVACY_LIST_FILE)


def _lift(held: dict[str, Any]) -> None:
    for entry in held["subjects"].values():
        entry["lifted_at"] = LIFTED


def _lift_without_mac(held: dict[str, Any]) -> None:
    _lift(held)
    held["macs"] = {}


def _lift_without_key(held: dict[str, Any]) -> None:
    _lift_without_mac(held)
    held["keys"] = {}


def _take_out(held: dict[str, Any]) -> None:
    held["subjects"] = {}


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(_lift, id="lifted"),
        pytest.param(_lift_without_mac, id="lifted, and no MAC"),
        pytest.param(_lift_without_key, id="lifted, and no key"),
        pytest.param(_take_out, id="taken out"),
    ],
)
def test_a_file_that_somebody_else_wrote_is_refused(file: Path, forge: Any) -> None:
    held = json.loads(file.read_text())
    forge(held)
    file.write_text(json.dumps(held))
    for use in (suppression_file_import, suppression_file_update):
        with pytest.raises(SuppressionFileError):
            use()
    assert SuppressedSubject.objects.get().lifted_at is None


def test_of_two_entries_the_newer_one_counts(file: Path) -> None:
    suppression_lift(email="ann@example.com", actor=SYSTEM, now=clock.now())
    suppression_file_update()
    lifted = file.read_text()
    suppress(subject=ANN, request="PR-TESTTEST", now=clock.now() + timedelta(hours=1))
    file.write_text(lifted)
    suppression_file_import()
    assert SuppressedSubject.objects.get().lifted_at is None
    suppression_file_update()
    assert file.read_text() != lifted
    # A restored database is older than the file.
    SuppressedSubject.objects.update(since=clock.now() - timedelta(days=9))
    file.write_text(lifted)
    suppression_file_import()
    assert SuppressedSubject.objects.get().lifted_at is not None
