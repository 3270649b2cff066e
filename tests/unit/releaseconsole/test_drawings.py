import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from releaseconsole.templatetags.console import (
    adoption_curve,
    bar,
    bps_percent,
    permission_words,
    platform_names,
    when,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Hour:
    hour: datetime
    devices: int
    failures: int = 0


def _line(drawing: str) -> list[tuple[float, float]]:
    found = re.search(r'<polyline[^>]* points="([^"]*)"', drawing)
    assert found
    pairs = (pair.split(",") for pair in found[1].split())
    return [(float(x), float(y)) for x, y in pairs]


def test_the_first_hour_is_drawn_as_a_rise_from_nothing() -> None:
    (start, bottom), (end, top) = _line(adoption_curve([Hour(NOON, 7)]))
    assert (start, end) == (0, 600)
    assert top < bottom


def test_a_curve_rises_and_falls_with_the_devices() -> None:
    hours = [Hour(NOON + timedelta(hours=number), devices) for number, devices in enumerate((2, 8, 4))]
    heights = [y for _, y in _line(adoption_curve(hours))]
    assert heights[2] < heights[3] < heights[1] < heights[0]


def test_failures_are_drawn_under_their_hour_only() -> None:
    drawing = adoption_curve([Hour(NOON, 9), Hour(NOON + timedelta(hours=1), 9, failures=3)])
    bars = re.findall(r'rc-curve-failure" x="([\d.]+)"', drawing)
    assert len(bars) == 1
    assert float(bars[0]) >= 300


@pytest.mark.parametrize("points", [[], [Hour(NOON, 0)]], ids=["no hours", "no devices"])
def test_without_devices_a_sentence_stands_for_the_curve(points: list[Hour]) -> None:
    assert "No device ran this version at the end of an hour yet." in adoption_curve(points)


@pytest.mark.parametrize(
    ("part", "whole", "width"),
    [(0.25, None, "25.0"), (1, 4, "25.0"), (0, 0, "0.0"), (None, None, "0.0"), (9, 3, "100.0")],
)
def test_a_bar_is_as_wide_as_its_share(part: float | None, whole: float | None, width: str) -> None:
    assert f'rc-meter-part" width="{width}"' in bar(part, whole)


@pytest.mark.parametrize(
    ("bps", "text"), [(10_000, "100\u00a0%"), (2_550, "25.5\u00a0%"), (1, "0.01\u00a0%")]
)
def test_basis_points_are_written_as_percent(bps: int, text: str) -> None:
    assert bps_percent(bps) == text


@pytest.mark.parametrize(
    ("ago", "text"),
    [(timedelta(seconds=5), ">just now<"), (timedelta(hours=3, minutes=5), ">3\u00a0hours ago<")],
)
def test_a_moment_says_how_long_ago_and_its_time_in_utc(ago: timedelta, text: str) -> None:
    with time_machine.travel(NOON, tick=False):
        shown = when(NOON - ago)
    assert text in shown
    assert "UTC" in shown


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 21, 23, 30, tzinfo=UTC), ">22 Nov 2026, 00:30<"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), ">1 Jan 2027<"),
    ],
    ids=["days ago", "to come"],
)
def test_a_far_moment_is_a_date_in_the_viewers_zone_with_utc_on_hover(moment: datetime, text: str) -> None:
    with time_machine.travel(NOON, tick=False), timezone.override("Europe/Berlin"):
        shown = when(moment)
    assert text in shown
    assert f'title="{moment:%Y-%m-%d} 23:30:00 UTC"' in shown


def test_a_curve_begins_at_the_viewers_hour() -> None:
    with timezone.override("Europe/Berlin"):
        assert "23 Nov, 13:00" in adoption_curve([Hour(NOON, 7)])


def test_platforms_are_spelled_as_their_makers_do() -> None:
    assert platform_names(["android", "ios", "something new"]) == "Android, iOS, something new"


@pytest.mark.parametrize(
    ("permission", "text"), [("release_roll_back", "roll back releases"), ("no such thing", "no such thing")]
)
def test_permissions_are_written_as_what_they_allow(permission: str, text: str) -> None:
    assert permission_words(permission) == text
