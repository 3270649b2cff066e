"""How a process learns of changes: with Redis, without it, and when the database is away."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import httpx
import pytest
import redis
from django.db import DatabaseError

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from signing.models import SigningKey
from signing.services import console_keys_ensure
from signing.services.keys import keys_reconcile
from updates.gateway import serving as serving_module
from updates.gateway.serving import Serving
from updates.gateway.snapshot import EMPTY
from updates.selectors import decision_table
from updates.selectors.decision_table import decision_table_version
from updates.services import app_create, decision_table_touch

APP_ID = "com.example.clinic"


@pytest.fixture
def tick() -> Iterator[Callable[[float], None]]:
    """Time that moves only when told to."""
    now = 1000.0

    def move(seconds: float) -> None:
        nonlocal now
        now += seconds

    with patch.object(clock, "monotonic", lambda: now):
        yield move


@pytest.fixture
def started(transactional_db: None, redis_client: redis.Redis, tick: Callable[[float], None]) -> Serving:
    console_keys_ensure(now=clock.now())
    process = Serving()
    process.step()
    return process


def app_add(app_id: str = APP_ID) -> None:
    app_create(app_id=app_id, name=app_id, platforms=["ios"], actor=SYSTEM)


def release_key() -> SigningKey:
    return SigningKey.objects.get(app_id=APP_ID, purpose="release_token", state="active")


def test_a_change_is_seen_at_the_next_look(started: Serving) -> None:
    assert not started.snapshot.apps
    app_add()
    started.step()
    assert started.snapshot.apps.keys() == {APP_ID}
    assert started.snapshot.version == decision_table_version()


def test_without_a_change_the_snapshot_stays(started: Serving, tick: Callable[[float], None]) -> None:
    app_add()
    started.step()
    before = started.snapshot
    tick(serving_module.DATABASE_SECONDS)
    started.step()
    assert started.snapshot is before


def test_a_change_that_redis_was_never_told_is_seen_in_the_database(
    started: Serving, redis_client: redis.Redis, tick: Callable[[float], None]
) -> None:
    # The process died after its commit.
    with (
        patch("updates.services.decision_table.version_announce"),
        patch("signing.services.key_set.version_announce"),
    ):
        app_add()
    started.step()
    assert not started.snapshot.apps
    tick(serving_module.DATABASE_SECONDS)
    started.step()
    assert started.snapshot.apps.keys() == {APP_ID}


def test_a_change_is_seen_while_redis_is_down(
    started: Serving, settings: Any, tick: Callable[[float], None]
) -> None:
    settings.EFFECTIVE_REDIS_URL = "unix:///nowhere/redis.sock"
    cut_off = Serving()
    cut_off.step()
    app_add()
    tick(serving_module.DATABASE_SECONDS)
    cut_off.step()
    assert cut_off.snapshot.apps.keys() == {APP_ID}
    assert cut_off.standing() == {
        "database": True,
        "redis": False,
        "key": True,
        "trust": True,
        "decision_table": True,
    }


def test_a_lost_redis_key_changes_nothing(started: Serving, redis_client: redis.Redis) -> None:
    app_add()
    started.step()
    before = started.snapshot
    redis_client.flushall()
    started.step()
    assert started.snapshot is before


def test_while_the_database_is_away_the_old_table_serves(
    started: Serving, tick: Callable[[float], None]
) -> None:
    app_add()
    started.step()
    before = started.snapshot
    tick(serving_module.STALE_SECONDS)
    with patch.object(serving_module, "decision_table_version", side_effect=DatabaseError("away")):
        started.step()
    assert started.snapshot is before
    assert not started.standing()["database"]


def test_keys_are_unsealed_once_however_often_the_table_changes(started: Serving) -> None:
    app_add()
    started.step()
    signer = started.snapshot.apps[APP_ID].signer
    decision_table_touch()
    started.step()
    assert started.snapshot.apps[APP_ID].signer is signer


def test_a_rotation_alone_makes_the_next_key_sign(started: Serving) -> None:
    app_add()
    started.step()
    before = started.snapshot.apps[APP_ID].signer
    keys_reconcile(now=clock.now() + timedelta(days=30))
    started.step()
    after = started.snapshot.apps[APP_ID].signer
    assert before
    assert after
    assert after.kid == release_key().kid != before.kid


def test_a_key_that_comes_back_is_picked_up_without_a_change(
    started: Serving, tick: Callable[[float], None]
) -> None:
    app_add()
    key = release_key()
    SigningKey.objects.filter(pk=key.pk).delete()
    started.step()
    assert started.snapshot.apps[APP_ID].signer is None
    assert not started.standing()["key"]
    key.save(force_insert=True)
    tick(serving_module.DATABASE_SECONDS)
    started.step()
    assert started.standing()["key"]


def test_the_thread_follows_changes_by_itself_and_ends(started: Serving) -> None:
    with patch.object(serving_module, "POLL_SECONDS", 0.001):
        thread = started.start()
        app_add()
        while not started.snapshot.apps:
            assert thread.is_alive()
        started.stop()
        thread.join(10)
    assert not thread.is_alive()


@pytest.mark.django_db
def test_a_change_in_the_middle_of_reading_is_read_again() -> None:
    app_add()
    read = decision_table._apps
    late = ["com.example.late"]

    def interrupted(*what: Any) -> Any:
        apps = read(*what)
        if late:
            app_add(late.pop())
        return apps

    with patch.object(decision_table, "_apps", interrupted):
        table = decision_table.decision_table_build()
    assert table.apps.keys() == {APP_ID, "com.example.late"}
    assert table.version == decision_table_version()


@pytest.mark.django_db
def test_the_table_is_read_in_few_queries_however_many_apps(
    django_assert_num_queries: Any,
) -> None:
    for number in range(3):
        app_add(f"com.example.app{number}")
    with django_assert_num_queries(12):
        table = decision_table.decision_table_build()
    assert len(table.apps) == 3


def test_readyz_says_what_fails(
    monkeypatch: pytest.MonkeyPatch, devices: httpx.Client, started: Serving
) -> None:
    from updates.gateway import probes

    monkeypatch.setattr(probes, "serving", started)
    ready = devices.get("/readyz")
    assert ready.status_code == 200
    assert set(ready.json().values()) == {"ok"}
    started.snapshot = EMPTY
    ready = devices.get("/readyz")
    assert ready.status_code == 503
    assert (ready.json()["decision_table"], ready.json()["database"]) == ("failed", "ok")


def test_healthz_needs_nothing(devices: httpx.Client) -> None:
    assert (devices.get("/healthz").status_code, devices.get("/healthz").text) == (200, "ok\n")
