"""Terms of releases: what can be kept, and when a clock somewhere shows a time."""

from datetime import UTC, datetime, timedelta

import pytest

from updates.domain.release_terms import Terms, local_instant, terms_check
from updates.errors import InvalidValueError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

WRONG: list[tuple[Terms, str]] = [
    ({"rollout_bps": -1}, "0 to 10000"),
    ({"rollout_bps": 10_001}, "0 to 10000"),
    ({"native_min": "banana"}, "native version"),
    ({"native_min": "3", "native_max": "2"}, "greater than the greatest"),
    ({"spread_minutes": -1}, "7 days"),
    ({"spread_minutes": 10_081}, "7 days"),
    ({"notes": "x" * 4001}, "4000"),
    ({"reason": "x" * 501}, "500"),
    ({"check_answers": {"key": "x" * 501}}, "500"),
    ({"scheduled_at": NOW}, "time to come"),
    ({"scheduled_at": NOW + timedelta(days=367)}, "within a year"),
    ({"scheduled_at": NOW + timedelta(days=1), "scheduled_zone": "Mars/Base"}, "no time zone Mars/Base"),
    ({"plan": [{"bps": 0}]}, "1 to 10000"),
    ({"audience": {"platforms": ["symbian"]}}, "isn't a platform"),
    ({"audience": {"who": "all"}}, "isn't an audience"),
    ({"audience": {"attributes": {"ward": ["a"]}}}, "doesn't list"),
]


@pytest.mark.parametrize(("terms", "words"), WRONG)
def test_terms_that_cannot_be_are_refused(terms: Terms, words: str) -> None:
    with pytest.raises(InvalidValueError, match=words):
        terms_check(terms, attributes=[], now=NOW)


def test_a_plan_says_where_the_rollout_begins() -> None:
    plan = [{"bps": 100, "soak_minutes": 5}, {"bps": 10_000}]
    assert terms_check({"rollout_bps": 10_000, "plan": plan}, attributes=[], now=NOW)["rollout_bps"] == 100


def test_an_audience_for_everybody_is_kept_empty() -> None:
    assert terms_check({"audience": {"platforms": []}}, attributes=[], now=NOW)["audience"] == {}


TIMES = [
    pytest.param("2026-07-01 09:00", "Europe/Berlin", "2026-07-01 07:00", id="summer"),
    pytest.param("2026-12-01 09:00", "Europe/Berlin", "2026-12-01 08:00", id="winter"),
    pytest.param("2026-10-25 02:30", "Europe/Berlin", "2026-10-25 00:30", id="an hour that comes twice"),
    pytest.param("2026-06-01 00:15", "Asia/Kathmandu", "2026-05-31 18:30", id="quarters of an hour"),
]


@pytest.mark.parametrize(("local", "zone", "utc"), TIMES)
def test_a_local_time_is_one_moment(local: str, zone: str, utc: str) -> None:
    assert local_instant(datetime.fromisoformat(local), zone) == datetime.fromisoformat(f"{utc}+00:00")


def test_a_time_that_clocks_skip_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="skip 02:30"):
        local_instant(datetime.fromisoformat("2026-03-29 02:30"), "Europe/Berlin")


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "Europe", "x" * 300])
def test_only_zones_that_are_known_count(zone: str) -> None:
    with pytest.raises(InvalidValueError, match="no time zone"):
        local_instant(datetime.fromisoformat("2026-03-29 12:30"), zone)
