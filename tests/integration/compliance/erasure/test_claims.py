"""Two workers at one erasure: whoever was too slow writes nothing of it any more."""

from datetime import timedelta
from typing import Any

import pytest
import redis
import time_machine

from compliance.desk.models import ErasureRun
from compliance.desk.services.erasure import erasure_run_through, erasure_start
from compliance.desk.services.erasure.claims import (
    ClaimLostError,
    claim_drop,
    claim_hold,
    claim_renew,
    claim_take,
)
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Scoped, Subject
from tests.support.shipping import app_made, recorded

LATER = timedelta(minutes=16)
SEARCH = "compliance.desk.services.erasure.steps.absence_search"


@pytest.fixture
def run(db: None, redis_client: redis.Redis) -> ErasureRun:
    devices = frozenset({Scoped(app_made().pk, "e5a0b1e0-7e57-4e57-a000-0000000dead1")})
    return erasure_start("PR-TESTTEST", Subject(devices=devices), SYSTEM, clock.now())


def another(run: ErasureRun) -> ErasureRun:
    return ErasureRun.objects.get(pk=run.pk)


def test_a_run_that_another_worker_finished_stays_finished(
    run: ErasureRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first worker's search takes so long that another one does it all; then it finds something."""

    def overtaken(*_: Any, **__: Any) -> dict[str, int]:
        monkeypatch.setattr(SEARCH, lambda *_, **__: {})
        with time_machine.travel(clock.now() + LATER, tick=False):
            assert erasure_run_through(another(run)).state == "done"
        return {"redis": 1}

    ErasureRun.objects.update(searches=4)
    monkeypatch.setattr(SEARCH, overtaken)
    done = erasure_run_through(run)
    assert (done.state, done.sealed_subject, done.error) == ("done", "", "")
    assert not done.steps.filter(done_at=None).exists()
    assert len(recorded(Action.ERASURE_COMPLETED)) == 1
    assert not recorded(Action.ERASURE_STUCK)


def test_nobody_gives_away_or_prolongs_what_another_worker_has(run: ErasureRun) -> None:
    assert claim_take(run)
    other = another(run)
    assert not claim_take(other)
    claim_renew(run)
    with time_machine.travel(clock.now() + LATER, tick=False):
        assert claim_take(other)
        claim_drop(run)
        for late in (claim_renew, claim_hold):
            with pytest.raises(ClaimLostError):
                late(run)
        claim_hold(other)
        claim_drop(other)
        assert claim_take(run)
