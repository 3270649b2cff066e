"""How many devices a release would be for, counted from what they said."""

from typing import Any

import pytest

from releaseconsole.kernel import clock
from tests.support.shipping import app_made, channel_made
from updates.domain.audience import audience_read
from updates.models import Channel, Device
from updates.selectors.audience import AudienceCount, audience_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def production() -> Channel:
    """A channel with a fleet of 40 phones: every second on iOS, every fourth of them in the ring of staff."""
    channel = channel_made(app_made())
    other = channel_made(app_made("com.example.other"))
    for number in range(40):
        device_made(
            channel,
            f"phone-{number}",
            platform="ios" if number % 2 else "android",
            os_version=f"{14 + number % 4}.1",
            native_version="2.0" if number < 10 else "2.1.0",
            plugin_version="8.51.23",
            attributes={"ring": "staff"}
            if number % 8 == 1
            else {"ring": "friends"}
            if number % 8 == 3
            else {},
        )
    device_made(channel, "elsewhere", channel_name="beta")
    device_made(other, "phone-0")
    return channel


def device_made(channel: Channel, device_id: str, **said: Any) -> None:
    now = clock.now()
    fields = {"channel_name": channel.name, "first_seen_at": now, "last_seen_at": now}
    Device.objects.create(app=channel.app, device_id=device_id, **(fields | said))


@pytest.mark.parametrize(
    ("written", "rollout_bps", "counted"),
    [
        pytest.param({}, 10_000, AudienceCount(40, 40), id="everybody"),
        pytest.param({}, 2_500, AudienceCount(40, 10), id="a share of them"),
        pytest.param({"platforms": ["ios"]}, 10_000, AudienceCount(20, 20), id="a platform"),
        pytest.param({"os_min": "16"}, 5_000, AudienceCount(20, 10), id="a system, as numbers"),
        pytest.param({"native_builds": ["2.0"]}, 10_000, AudienceCount(10, 10), id="a native build"),
        pytest.param({"plugin_min": "9"}, 10_000, AudienceCount(0, 0), id="nobody"),
        pytest.param({"attributes": {"ring": ["staff"]}}, 10_000, AudienceCount(5, 5), id="an attribute"),
        pytest.param(
            {"attributes": {"ring": ["staff", "friends"]}, "platforms": ["ios"]},
            10_000,
            AudienceCount(10, 10),
            id="one of two values",
        ),
        pytest.param(
            {"platforms": ["ios"], "always": ["phone-0", "phone-1", "unheard-of", "elsewhere"]},
            5_000,
            AudienceCount(21, 11),
            id="who is always in counts once and in full",
        ),
    ],
)
def test_devices_are_counted_by_the_rule_that_decisions_use(
    production: Channel, written: dict[str, Any], rollout_bps: int, counted: AudienceCount
) -> None:
    audience = audience_read(written)
    assert audience_count(channel=production, audience=audience, rollout_bps=rollout_bps) == counted


def test_native_bounds_count_and_nobody_is_always_in_outside_them(production: Channel) -> None:
    audience = audience_read({"always": ["phone-0", "phone-20"]})
    counted = audience_count(channel=production, audience=audience, rollout_bps=0, native_min="2.1")
    assert counted == AudienceCount(matching=30, included=1)


def test_builds_that_lack_a_plugin_are_not_counted_not_even_if_always_in(production: Channel) -> None:
    everybody = audience_count(channel=production, audience=audience_read({}), rollout_bps=10_000)
    builds = {("ios", "2.0"), ("android", "2.0")}
    audience = audience_read({"always": ["phone-0"]})
    counted = audience_count(
        channel=production, audience=audience, rollout_bps=10_000, lacking=frozenset(builds)
    )
    on_them = production.app.devices.filter(channel_name="production", native_version="2.0")
    assert counted.matching == everybody.matching - on_them.count()
    assert on_them.filter(device_id="phone-0").exists()
