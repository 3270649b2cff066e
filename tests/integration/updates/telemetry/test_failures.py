"""A version that failed on a device isn't offered to it again: the database, its copy in Redis, the table."""

from collections.abc import Callable
from typing import Any

import pytest
import redis
import time_machine
from django.db import transaction

from compliance.ledger.domain.events import SYSTEM, Action
from tests.integration.updates.telemetry.conftest import APP_ID, DEVICE, NOON_MS, report
from tests.support.shipping import recorded
from updates.backends import failures as backend
from updates.backends.failures import FailedVersion, failures_listed, has_failed
from updates.domain.telemetry import at_utc
from updates.errors import NothingToAllowError
from updates.models import App, DecisionTableVersion, InstallOutcome
from updates.selectors.decision_table import decision_table_version
from updates.services import failures as failures_module
from updates.services.failures import device_failure_allow, failures_reconcile
from updates.services.telemetry import DrainReport

OTHER = "8f0f2f4e-0000-4000-8000-000000000002"
FAILED = FailedVersion(APP_ID, "1.2.0")
MINUTE = 60_000

Tell = Callable[..., DrainReport]


def fails(device_id: str = DEVICE) -> bool:
    return has_failed(APP_ID, "1.2.0", device_id)


def failed_at(minute: int, device_id: str = DEVICE, action: str = "update_fail") -> Any:
    at = NOON_MS + minute * MINUTE
    return report(action, device_id=device_id, claimed_at_ms=at, received_at_ms=at)


@pytest.fixture
def told(tell: Tell, django_capture_on_commit_callbacks: Any) -> Tell:
    """Drain reports as a worker does: what follows a commit happens."""

    def told(*records: Any) -> DrainReport:
        with django_capture_on_commit_callbacks(execute=True):
            return tell(*records)

    return told


@pytest.fixture
def allow(clinic: App, django_capture_on_commit_callbacks: Any) -> Callable[[int], int]:
    """Let the device try again, some minutes after noon."""

    def allow(minute: int) -> int:
        with (
            django_capture_on_commit_callbacks(execute=True),
            time_machine.travel(at_utc(NOON_MS + minute * MINUTE), tick=False),
        ):
            return device_failure_allow(app=clinic, device_id=DEVICE, version="1.2.0", actor=SYSTEM)

    return allow


@pytest.mark.parametrize("action", ["update_fail", "set_fail"])
def test_a_device_that_took_a_version_back_is_kept_from_it(action: str, told: Tell) -> None:
    told(report("set"), failed_at(1, action=action))

    assert fails()
    assert not fails(OTHER)


def test_a_failed_download_keeps_nobody_from_trying_again(told: Tell) -> None:
    told(failed_at(0, OTHER), failed_at(1, action="checksum_fail"))

    assert not fails()


def test_a_version_that_runs_after_all_is_no_longer_kept_from_its_device(told: Tell) -> None:
    told(failed_at(0), failed_at(0, OTHER))
    told(failed_at(5, action="set"))

    assert not fails()
    assert fails(OTHER)


def test_the_first_failure_of_a_version_makes_every_process_look_again(told: Tell) -> None:
    before = decision_table_version()
    told(failed_at(0))
    first = decision_table_version()
    told(failed_at(1, OTHER))

    assert (first > before, decision_table_version()) == (True, first)


def test_the_table_changes_in_the_transaction_of_the_failure(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a table could be read that says nobody is to be asked about, though somebody is."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(failures_module, "decision_table_touch", die)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        tell(failed_at(0))
    assert not InstallOutcome.objects.exists()
    assert not DecisionTableVersion.objects.exists()


def test_a_device_may_try_again_once_somebody_lets_it(told: Tell, allow: Callable[[int], int]) -> None:
    told(failed_at(0), failed_at(0, OTHER))

    assert allow(5) == 1
    assert not fails()
    assert fails(OTHER)
    event = recorded(Action.DEVICE_FAILURE_ALLOWED)[0]
    assert (event.object_type, event.object_id) == ("bundle", "1.2.0")
    assert event.detail == {"version": "1.2.0", "devices": 1}


def test_a_new_failure_keeps_it_from_the_version_again(told: Tell, allow: Callable[[int], int]) -> None:
    told(failed_at(0))
    allow(5)
    told(failed_at(10))

    assert fails()
    assert InstallOutcome.objects.get().allowed_at is None


def test_a_failure_from_before_that_arrives_late_takes_nothing_back(
    told: Tell, allow: Callable[[int], int]
) -> None:
    told(failed_at(0))
    allow(5)
    told(report("update_fail", claimed_at_ms=NOON_MS + 3 * MINUTE, received_at_ms=NOON_MS + 9 * MINUTE))

    assert not fails()


def test_a_failed_download_of_the_second_try_takes_nothing_back(
    told: Tell, allow: Callable[[int], int]
) -> None:
    told(failed_at(0))
    allow(5)
    told(failed_at(10, action="checksum_fail"))

    assert not fails()


def test_who_is_kept_from_nothing_cannot_be_let_try_again(told: Tell, allow: Callable[[int], int]) -> None:
    told(failed_at(0, action="checksum_fail"))

    with pytest.raises(NothingToAllowError):
        allow(5)


def test_while_redis_is_away_a_version_counts_as_failed(told: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    told(failed_at(0))
    asked = []

    class Gone:
        def smismember(self, *_: object) -> None:
            asked.append(1)
            raise redis.ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(backend, "_hasty_client", Gone)
        broken.setattr(backend._Away, "until", float("-inf"))
        assert fails(OTHER)
        assert fails(OTHER)
        assert len(asked) == 1  # a check doesn't wait for what didn't answer the one before
    assert not fails(OTHER)


def test_what_redis_lost_counts_as_failed_until_it_is_mended(told: Tell, redis_client: redis.Redis) -> None:
    told(failed_at(0))
    redis_client.flushall()
    told(failed_at(1, OTHER))  # begins a set that lacks the first one

    assert fails("8f0f2f4e-0000-4000-8000-000000000003")
    assert failures_reconcile() == 1
    assert not fails("8f0f2f4e-0000-4000-8000-000000000003")
    assert (fails(), fails(OTHER)) == (True, True)
    assert failures_reconcile() == 0


def test_a_failure_whose_process_died_before_it_told_redis_is_mended(tell: Tell, told: Tell) -> None:
    told(failed_at(0))
    tell(failed_at(1, OTHER))  # committed, and nothing followed

    assert not fails(OTHER)
    assert failures_reconcile() == 1
    assert fails(OTHER)


def test_a_permission_whose_process_died_before_it_told_redis_is_mended(told: Tell, clinic: App) -> None:
    told(failed_at(0), failed_at(0, OTHER))
    device_failure_allow(app=clinic, device_id=DEVICE, version="1.2.0", actor=SYSTEM)

    assert fails()
    assert failures_reconcile() == 1
    assert (fails(), fails(OTHER)) == (False, True)


def test_a_version_that_fails_nowhere_any_more_is_forgotten(told: Tell, redis_client: redis.Redis) -> None:
    told(failed_at(0))
    InstallOutcome.objects.all().delete()

    assert failures_reconcile() == 1
    assert failures_listed() == set()
    assert not redis_client.exists(FAILED.key)


def test_more_devices_than_go_into_one_command_are_mended(
    told: Tell, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures_module, "_PER_LOCK", 2)
    devices = [f"device-{number}" for number in range(5)]
    told(*(failed_at(0, device) for device in devices))
    assert all(map(fails, devices))

    redis_client.sadd(FAILED.key, "never-failed")
    redis_client.srem(FAILED.key, *devices[:3])
    assert failures_reconcile() == 1
    assert all(map(fails, devices))
    assert not fails("never-failed")


def test_redis_being_away_loses_no_report(
    tell: Tell, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise redis.ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(failures_module, "failures_put", gone)
        with django_capture_on_commit_callbacks(execute=True):
            assert tell(failed_at(0)).events == 1
    assert fails()  # nothing is known, so it counts as failed
    assert failures_reconcile() == 1
    assert fails()
