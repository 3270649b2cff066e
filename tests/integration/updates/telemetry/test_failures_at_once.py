"""A device fails while somebody lets it try again: whoever comes last has the last word in Redis too."""

from typing import Any

import pytest
import redis
from django.db import OperationalError, connection, transaction

from releaseconsole.kernel import clock
from tests.integration.updates.telemetry.conftest import APP_ID, DEVICE
from tests.support.at_once import at_once
from updates.backends.failures import FailedVersion, failures_put
from updates.models import App, InstallOutcome
from updates.services import failures as failures_module
from updates.services.failures import failures_follow


def is_locked() -> bool:
    """Whether somebody else could not change the outcome now."""
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA busy_timeout = 0")
    try:
        with transaction.atomic():
            InstallOutcome.objects.select_for_update(nowait=True).get()
    except OperationalError:
        return True
    return False


@pytest.mark.django_db(transaction=True)
def test_nobody_changes_an_outcome_while_it_is_copied(
    clinic: App, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else of two changes the first, read before the second, could be written after it."""
    InstallOutcome.objects.create(
        app=clinic,
        device_id=DEVICE,
        version="1.2.0",
        outcome="failed",
        reason="update_fail",
        decided_at=clock.now(),
    )
    locked = []

    def watched(*args: Any, **kwargs: Any) -> None:
        locked.extend(at_once([is_locked]))
        failures_put(*args, **kwargs)

    monkeypatch.setattr(failures_module, "failures_put", watched)
    with transaction.atomic():
        failures_follow({FailedVersion(APP_ID, "1.2.0"): [DEVICE]}, begun=())
    assert locked == [True]
