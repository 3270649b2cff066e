"""The numbers that pages show, from what was told to what is read."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from tests.integration.updates.telemetry.conftest import NOON_MS, report, sighting
from updates.domain.release_state import ReleaseState
from updates.models import App, Device, Release
from updates.selectors.figures import (
    MAX_HOURS,
    HourPoint,
    Share,
    app_figures,
    channel_figures,
    release_figures,
)
from updates.services.telemetry import DrainReport

Tell = Callable[..., DrainReport]
NOON = datetime.fromtimestamp(NOON_MS / 1000, tz=UTC)
HOUR_MS = 3_600_000

pytestmark = pytest.mark.usefixtures("afternoon")


@pytest.fixture
def afternoon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON + timedelta(hours=2, minutes=30), tick=False) as traveller:
        yield traveller


@pytest.fixture
def release(clinic: App) -> Release:
    return Release.objects.create(
        app=clinic,
        channel=clinic.channels.get(),
        bundle=clinic.bundles.get(version="1.2.0"),
        release_seq=1,
        live_seq=1,
        state=ReleaseState.LIVE.value,
        rollout_salt="00" * 16,
        published_at=NOON + timedelta(minutes=5),
    )


def test_nothing_told_is_no_share_of_anything(release: Release) -> None:
    figures = release_figures(release)

    assert figures.adoption.ratio is figures.success.percent is None
    assert (figures.devices, figures.installed, figures.failed) == (0, 0, 0)


def test_adoption_is_the_share_of_the_channels_active_devices(tell: Tell, release: Release) -> None:
    tell(
        sighting("1.2.0", device_id="a"),
        sighting("1.1.0", device_id="b"),
        sighting("", device_id="c"),
        sighting("", device_id="d", channel="beta"),
        sighting("1.2.0", device_id="e", seen_at_ms=NOON_MS - 24 * HOUR_MS),
    )
    figures = release_figures(release)

    assert figures.adoption == Share(1, 3)
    assert figures.adoption.percent == 33.3


def test_success_counts_each_device_once(tell: Tell, release: Release) -> None:
    tell(
        *(sighting("", device_id=device) for device in "abcd"),
        report("set", device_id="a"),
        report("app_launch_ready", device_id="a"),
        report("set", device_id="b"),
        report("update_fail", device_id="b", claimed_at_ms=NOON_MS + 1, received_at_ms=NOON_MS + 300),
        report("checksum_fail", device_id="c"),
        report("download_fail", device_id="c", claimed_at_ms=NOON_MS + 1, received_at_ms=NOON_MS + 300),
        report("checksum_fail", device_id="d", received_at_ms=NOON_MS + 400),
    )
    figures = release_figures(release)

    assert figures.success == Share(1, 4)
    assert (figures.installed, figures.failed) == (1, 3)


def test_the_series_has_every_hour_since_publication(tell: Tell, release: Release) -> None:
    tell(sighting("1.2.0", device_id="early", seen_at_ms=NOON_MS - HOUR_MS))
    tell(sighting("", device_id="a"), report("set", device_id="a"))
    tell(
        report(
            "update_fail",
            device_id="a",
            claimed_at_ms=NOON_MS + 2 * HOUR_MS,
            received_at_ms=NOON_MS + 2 * HOUR_MS,
        ),
        sighting("", device_id="a", seen_at_ms=NOON_MS + 2 * HOUR_MS + 1),
    )
    assert release_figures(release).series == (
        HourPoint(NOON, devices=2, installs=1, failures=0),
        HourPoint(NOON + timedelta(hours=1), devices=2, installs=0, failures=0),
        HourPoint(NOON + timedelta(hours=2), devices=1, installs=0, failures=1),
    )


def test_the_end_of_the_series_is_the_number_of_devices(tell: Tell, release: Release) -> None:
    for step in range(30):
        device, version = f"d{step % 7}", ("", "1.1.0", "1.2.0")[step % 3]
        tell(sighting(version, device_id=device, seen_at_ms=NOON_MS + step * 60_000))

    expected = Device.objects.filter(version="1.2.0", channel_name="production").count()
    assert release_figures(release).series[-1].devices == expected > 0


def test_the_series_of_an_old_release_is_cut(tell: Tell, release: Release) -> None:
    release.published_at = NOON - timedelta(days=60)
    tell(sighting("1.2.0", seen_at_ms=NOON_MS - 50 * 24 * HOUR_MS))

    series = release_figures(release).series

    assert len(series) == MAX_HOURS
    assert {point.devices for point in series} == {1}


def test_a_channel_counts_its_day(tell: Tell, release: Release) -> None:
    tell(
        sighting("1.2.0", device_id="a"),
        sighting("1.2.0", device_id="b"),
        sighting("", device_id="c"),
        report("set", device_id="a"),
        report("update_fail", device_id="c"),
    )
    figures = channel_figures(release.channel)

    assert figures.devices == 3
    assert [(row.version, row.devices) for row in figures.versions] == [
        ("1.2.0", Share(2, 3)),
        ("", Share(1, 3)),
    ]
    assert (figures.checks, figures.installs, figures.failures) == (3, 1, 1)


def test_an_app_counts_its_devices_and_those_it_lost_sight_of(tell: Tell, clinic: App) -> None:
    tell(
        sighting("1.2.0", device_id="a", platform="android"),
        sighting("", device_id="b"),
        sighting("", device_id="old", seen_at_ms=NOON_MS - 24 * HOUR_MS),
    )
    figures = app_figures(clinic)

    assert (figures.devices_known, figures.devices) == (3, 2)
    assert figures.platforms == {"android": 1, "ios": 1}
    assert figures.channels == {"production": 2}


def test_a_device_whose_version_nobody_told_is_not_counted_as_built_in(tell: Tell, clinic: App) -> None:
    tell(report("app_moved_to_foreground", asked_channel="production"))

    figures = app_figures(clinic)

    assert (figures.devices_known, figures.devices) == (1, 0)


def test_figures_take_few_queries(
    release: Release, clinic: App, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        release_figures(release)
    with django_assert_num_queries(2):
        channel_figures(release.channel)
    with django_assert_num_queries(3):
        app_figures(clinic)
