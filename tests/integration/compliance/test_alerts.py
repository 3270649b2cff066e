"""What is wrong with the log is told while it is, and not a moment longer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection, transaction

from compliance.ledger.backends.witness_stores import REDIS_KEY
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AnchorAct, AuditAnchor
from compliance.ledger.selectors.alerts import ledger_alerts
from compliance.ledger.services import audit_record
from compliance.ledger.services.anchors import anchors_lay
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock
from releaseconsole.redis_link import redis_client
from tests.support.anchors import grown
from tests.support.log import event_made

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(db: None, settings: LazySettings, tmp_path: Path) -> Iterator[time_machine.Traveller]:
    settings.LEDGER_ANCHOR_MAIL, settings.LEDGER_ANCHOR_DIR = False, str(tmp_path)
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def codes() -> list[str]:
    return [alert.code for alert in ledger_alerts(clock.now())]


def test_an_empty_log_is_well() -> None:
    assert codes() == []


def test_a_log_that_is_signed_and_copied_is_well_however_old(noon: time_machine.Traveller) -> None:
    grown(3)
    anchors_lay(now=clock.now())
    noon.shift(timedelta(days=30))
    assert codes() == []


def test_events_that_wait_for_their_place(noon: time_machine.Traveller) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("an event of SQLite's never waits")
    with transaction.atomic():
        audit_record(action=Action.APP_SHUT_OFF, actor=SYSTEM, now=clock.now())
    noon.shift(timedelta(seconds=60))
    assert codes() == []
    noon.shift(timedelta(seconds=1))
    assert codes() == ["sequencer_lags"]
    assert ledger_alerts(clock.now())[0].since == NOON
    events_sequence()
    assert codes() == []


def test_a_log_that_grew_and_was_not_signed(noon: time_machine.Traveller) -> None:
    grown()
    anchors_lay(now=clock.now())
    event_made(n=2)
    noon.shift(timedelta(minutes=5))
    assert codes() == []
    noon.shift(timedelta(seconds=1))
    assert codes() == ["checkpoint_missing"]
    grown(0)
    assert codes() == []


def test_a_log_that_was_never_signed(noon: time_machine.Traveller) -> None:
    event_made(n=2)
    noon.shift(timedelta(minutes=6))
    assert codes() == ["checkpoint_missing"]


def test_entries_without_a_copy_for_a_day(noon: time_machine.Traveller, settings: LazySettings) -> None:
    grown()
    noon.shift(timedelta(days=1))
    assert codes() == []
    noon.shift(timedelta(seconds=1))
    settings.LEDGER_ANCHOR_DIR = "/nowhere"
    anchors_lay(now=clock.now())
    (alert,) = ledger_alerts(clock.now())
    assert (alert.code, alert.since) == ("unanchored", NOON)
    assert "No such file" in alert.says


def test_copies_that_differ_until_they_do_not(noon: time_machine.Traveller) -> None:
    checkpoint = grown()
    anchors_lay(now=clock.now())
    for error, told in (("a: it's gone", ["anchors_differ"]), ("", [])):
        AuditAnchor.objects.create(
            checkpoint=checkpoint, kind="file", act=AnchorAct.COMPARE, place="1", at=clock.now(), error=error
        )
        assert codes() == told


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(b"no checkpoint", id="what can't be read"),
        pytest.param(b'{"origin":"another/log","root":"%s","size":1}\n', id="another log"),
        pytest.param(b'{"origin":"ORIGIN","root":"%s","size":9}\n', id="a longer log"),
        pytest.param(b'{"origin":"ORIGIN","root":"%s","size":1}\n', id="other entries"),
        pytest.param(None, id="nothing"),
    ],
)
def test_a_witness_that_refuses(settings: LazySettings, told: bytes | None) -> None:
    checkpoint = grown()
    anchors_lay(now=clock.now())
    redis_client().delete(REDIS_KEY)
    if told is None:
        settings.LEDGER_WITNESS_FILE.unlink()
    else:
        other = told.replace(b"%s", b"A" * 43 + b"=").replace(b"ORIGIN", checkpoint.origin.encode())
        settings.LEDGER_WITNESS_FILE.write_bytes(other)
    assert codes() == ["witness_refuses"]
