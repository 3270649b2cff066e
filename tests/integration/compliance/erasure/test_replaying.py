"""Replays after a restore: who is erased again, who isn't, and what a stuck one holds up."""

from pathlib import Path

import pytest
import redis

from compliance.desk.models import ErasureRun
from compliance.desk.services.erasure import erasures_replay
from compliance.desk.services.erasure.suppression import suppress
from compliance.desk.services.requests import request_withdraw
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Scoped, Subject
from tests.support.privacy import NOBODY, PERSON, asked, verified
from tests.support.shipping import app_made
from updates.models import Device


@pytest.fixture(autouse=True)
def files_elsewhere(monkeypatch: pytest.MonkeyPatch, redis_client: redis.Redis) -> None:
    """What this test's own transaction deletes is in the database's file until it ends."""
    monkeypatch.setattr("compliance.desk.services.erasure.searching.database_files_search", lambda _: {})


def test_a_stuck_replay_holds_up_no_answer_and_is_resumed_by_the_next_one(db: None, keeps: Path) -> None:
    app, now = app_made(), clock.now()
    request = verified(asked())
    phone = PERSON.device_ids[0]
    Device.objects.create(app=app, device_id=phone, first_seen_at=now, last_seen_at=now)
    # What the file beside the database knows after a restore.
    devices = frozenset({Scoped(app.pk, phone)})
    suppress(subject=Subject(devices=devices), request=request.reference, now=now)
    (keeps / "notes.txt").write_text(phone)
    replays = [erasures_replay(actor=SYSTEM, now=clock.now()) for _ in range(5)]
    assert [run.state for run in replays[-1].runs] == ["stuck"]
    assert [run.state for run in erasures_replay(actor=SYSTEM, now=clock.now()).runs] == ["running"]
    assert ErasureRun.objects.count() == 1
    ErasureRun.objects.update(state="stuck")

    request_withdraw(request=request, by=NOBODY)
    (keeps / "notes.txt").unlink()
    assert [run.state for run in erasures_replay(actor=SYSTEM, now=clock.now()).runs] == ["done"]
    assert erasures_replay(actor=SYSTEM, now=clock.now()).runs == ()
