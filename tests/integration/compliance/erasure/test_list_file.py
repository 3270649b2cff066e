"""The list beside the database: who can write the file, but hasn't the keys, takes nobody off it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from compliance.desk.errors import SuppressionFileError, SuppressionListShorterError
from compliance.desk.models import SuppressedSubject, SuppressionKey
from compliance.desk.services.erasure import erasures_replay
from compliance.desk.services.erasure.suppression import (
    suppress,
    suppression_file_import,
    suppression_file_update,
    suppression_lift,
)
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Subject
from tests.support.shipping import recorded

ANN = Subject(emails=frozenset({"ann@example.com"}))
BOB = Subject(emails=frozenset({"bob@example.com"}))
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


@pytest.mark.parametrize("lost", ["deleted", "emptied", "an older one"])
def test_a_list_that_is_shorter_than_what_is_known_takes_the_operators_word(
    file: Path, lost: str, redis_client: redis.Redis
) -> None:
    older = file.read_text()
    suppress(subject=BOB, request="PR-TESTTEST", now=clock.now())
    empty = {"v": 2, "keys": {}, "subjects": {}, "macs": {}}
    file.write_text({"emptied": json.dumps(empty)}.get(lost, older))
    if lost == "deleted":
        file.unlink()
    with pytest.raises(CommandError, match="--accept-shorter-list"):
        call_command("privacy_replay")
    assert not recorded(Action.ERASURES_REPLAYED)
    call_command("privacy_replay", accept_shorter_list=True)
    (event,) = recorded(Action.ERASURES_REPLAYED)
    lacking = (1, False) if lost == "an older one" else (2, True)
    assert (event.detail["lacking"], event.detail["list_empty"]) == lacking
    call_command("privacy_replay")
    assert "lacking" not in recorded(Action.ERASURES_REPLAYED)[-1].detail


def test_after_a_restore_the_list_knows_more_than_the_database_and_is_taken(
    file: Path, redis_client: redis.Redis
) -> None:
    SuppressedSubject.objects.all().delete()
    SuppressionKey.objects.all().delete()
    call_command("privacy_replay")
    assert recorded(Action.ERASURES_REPLAYED)[0].detail == {"learned": 1, "erasures": 0}
    # A database from before anybody was erased knows of nobody; no list is no list all the same.
    SuppressedSubject.objects.all().delete()
    SuppressionKey.objects.all().delete()
    file.unlink()
    with pytest.raises(SuppressionListShorterError):
        erasures_replay(actor=SYSTEM, now=clock.now())
