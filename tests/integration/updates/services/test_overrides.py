"""Forcing a device to a channel or a release until a time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.shipping import app_made, channel_made, recorded, released
from updates.errors import InvalidValueError, NotForcedError, ReleaseStateError
from updates.models import App, Bundle, Channel, Device, DeviceOverride
from updates.selectors.decision_table import decision_table_version
from updates.services import channel_roll_back
from updates.services.overrides import override_end, override_set, overrides_forget

PHONE = "8f0f2f4e-0000-4000-8000-000000000001"


def tomorrow() -> datetime:
    return clock.now() + timedelta(days=1)


def forced(channel: Channel, rita: User, **changed: Any) -> DeviceOverride:
    asked: dict[str, Any] = {
        "app": channel.app,
        "device_id": PHONE,
        "to": channel,
        "until": tomorrow(),
        "reason": "Reproduces the crash.",
        "actor": rita.actor,
        "person": rita,
    }
    return override_set(**(asked | changed))


def seq(channel: Channel) -> int:
    return Channel.objects.get(pk=channel.pk).decision_seq


def test_a_forced_device_is_recorded_without_its_id(production: Channel, rita: User) -> None:
    before, table = seq(production), decision_table_version()
    override = forced(production, rita)
    event = recorded(Action.DEVICE_OVERRIDDEN)[0]
    assert (event.object_type, event.object_id, event.actor_id) == (
        "device_override",
        str(override.pk),
        rita.actor.id,
    )
    assert (event.detail["channel"], event.detail["release_seq"]) == ("production", None)
    assert PHONE not in str(event.detail)
    assert (seq(production), override.created_by) == (before + 1, rita)
    assert decision_table_version() > table


def test_a_release_is_forced_with_its_number(production: Channel, rita: User) -> None:
    older, _ = released(production, "1.0.0"), released(production, "1.1.0")
    assert forced(production, rita, to=older).release == older
    assert recorded(Action.DEVICE_OVERRIDDEN)[0].detail["release_seq"] == older.release_seq


def test_the_newer_override_takes_the_older_ones_place(app: App, production: Channel, rita: User) -> None:
    beta = channel_made(app, "beta", public=False)
    forced(production, rita)
    before = seq(production)
    forced(beta, rita)
    assert DeviceOverride.objects.get().channel == beta
    assert seq(production) == before + 1


def test_an_ended_override_is_gone_and_recorded(production: Channel, rita: User) -> None:
    forced(production, rita)
    before, table = seq(production), decision_table_version()
    override_end(app=production.app, device_id=PHONE, actor=rita.actor)
    assert not DeviceOverride.objects.exists()
    assert recorded(Action.DEVICE_OVERRIDE_ENDED)[0].detail["channel"] == "production"
    assert seq(production) == before + 1
    assert decision_table_version() > table


def test_what_is_not_forced_cannot_be_ended(production: Channel, rita: User) -> None:
    with pytest.raises(NotForcedError):
        override_end(app=production.app, device_id=PHONE, actor=rita.actor)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"device_id": "not an id"}, id="no device's id"),
        pytest.param({"until": clock.now() - timedelta(seconds=1)}, id="over already"),
        pytest.param({"until": clock.now() + timedelta(days=200)}, id="too long"),
        pytest.param({"reason": " "}, id="no reason"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, Any], production: Channel, rita: User) -> None:
    with pytest.raises(InvalidValueError):
        forced(production, rita, **changed)
    assert not recorded(Action.DEVICE_OVERRIDDEN)


def test_a_release_that_was_rolled_back_is_forced_on_nobody(production: Channel, rita: User) -> None:
    released(production, "1.0.0")
    newest = released(production, "1.1.0")
    channel_roll_back(channel=production, to=None, actor=rita.actor)
    with pytest.raises(ReleaseStateError):
        forced(production, rita, to=newest)


@pytest.mark.parametrize("column", ["withdrawn_at", "removed_at"])
def test_a_bundle_that_cannot_be_fetched_is_forced_on_nobody(
    column: str, production: Channel, rita: User
) -> None:
    release = released(production, "1.0.0")
    Bundle.objects.update(**{column: clock.now()})
    with pytest.raises(ReleaseStateError):
        forced(production, rita, to=release)


def test_another_apps_channel_is_refused(production: Channel, rita: User) -> None:
    with pytest.raises(InvalidValueError):
        forced(channel_made(app_made("com.example.other")), rita, app=production.app)


def test_a_channel_of_other_platforms_is_refused(app: App, rita: User) -> None:
    ios = channel_made(app, platforms=["ios"])
    now = clock.now()
    Device.objects.create(app=app, device_id=PHONE, platform="android", first_seen_at=now, last_seen_at=now)
    with pytest.raises(InvalidValueError):
        forced(ios, rita)


def test_what_is_over_is_forgotten(production: Channel, rita: User) -> None:
    forced(production, rita, device_id="another")
    forced(production, rita, until=clock.now() + timedelta(days=3))
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        assert overrides_forget().removed == 1
    assert DeviceOverride.objects.get().device_id == PHONE
