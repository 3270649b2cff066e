from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.randomness import uuid4
from signing.domain.cryptoperiod import KeyRules
from signing.domain.key_life import KeyLife, takeover_at
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.domain.timeline import Segment, Stretch, timeline

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
RULES = KeyRules(
    period=30 * DAY,
    grace=7 * DAY,
    cache=5 * MINUTE,
    client_refresh=60 * MINUTE,
    skew=MINUTE,
    signer_cache=timedelta(seconds=5),
    token_life=15 * MINUTE,
)
NO_PERIOD = KeyRules(
    period=None,
    grace=7 * DAY,
    cache=5 * MINUTE,
    client_refresh=60 * MINUTE,
    skew=MINUTE,
    signer_cache=timedelta(seconds=5),
    token_life=15 * MINUTE,
    keeps_next=False,
)


def life(state: KeyState, **dates: datetime) -> KeyLife:
    blank = KeyLife(uuid4(), f"{state.value}-kid", KeyPurpose.RELEASE_TOKEN, "app", "ES256", state)
    return replace(blank, **dates)  # type: ignore[arg-type] # dates only


def active(days: float = 10) -> KeyLife:
    since = NOW - days * DAY
    return life(KeyState.ACTIVE, published_at=since - 30 * DAY, activated_at=since)


def waiting(days: float = 10) -> KeyLife:
    return life(KeyState.PREPUBLISHED, published_at=NOW - days * DAY)


def parts(*lives: KeyLife, rules: KeyRules = RULES) -> dict[KeyState, list[tuple[str, bool]]]:
    drawn = timeline(lives, rules=rules, wanted="ES256", now=NOW)
    return {
        lane.life.state: [(part.what.value, part.is_planned) for part in lane.segments]
        for lane in drawn.lanes
    }


def test_a_key_that_verifies_for_ever_is_drawn_to_the_end_of_the_line() -> None:
    ended = life(
        KeyState.VERIFY_ONLY,
        published_at=NOW - 70 * DAY,
        activated_at=NOW - 40 * DAY,
        deactivated_at=NOW - 10 * DAY,
    )
    rules = replace(RULES, verifies_for_ever=True)
    drawn = timeline([ended, active(), waiting()], rules=rules, wanted="ES256", now=NOW)
    assert {lane.segments[-1].end for lane in drawn.lanes[:2]} == {drawn.end}


def test_the_next_key_takes_over_when_the_period_is_over() -> None:
    assert takeover_at(active(), waiting(), rules=RULES, wanted="ES256", now=NOW) == NOW + 20 * DAY


def test_a_rotation_that_was_asked_for_waits_until_clients_know_the_next_key() -> None:
    since = NOW - 10 * DAY
    asked = life(KeyState.ACTIVE, published_at=since, activated_at=since, rotation_requested_at=NOW)
    assert takeover_at(asked, waiting(), rules=RULES, wanted="ES256", now=NOW) == NOW
    fresh = life(KeyState.PREPUBLISHED, published_at=NOW - 6 * MINUTE)
    assert takeover_at(asked, fresh, rules=RULES, wanted="ES256", now=NOW) == NOW + 60 * MINUTE


def test_another_algorithm_is_wanted_as_soon_as_may_be() -> None:
    assert takeover_at(active(), waiting(), rules=RULES, wanted="PS256", now=NOW) == NOW


def test_nobody_follows_where_nobody_waits_and_somebody_at_once_where_nothing_signs() -> None:
    assert takeover_at(active(), None, rules=RULES, wanted="ES256", now=NOW) is None
    assert takeover_at(None, waiting(), rules=RULES, wanted="ES256", now=NOW) == NOW


def test_without_a_period_people_say_when() -> None:
    assert takeover_at(active(), waiting(), rules=NO_PERIOD, wanted="ES256", now=NOW) is None


def test_what_was_and_what_is_planned_are_told_apart() -> None:
    retired = life(
        KeyState.RETIRED,
        published_at=NOW - 70 * DAY,
        activated_at=NOW - 40 * DAY,
        deactivated_at=NOW - 10 * DAY,
        retired_at=NOW - 10 * DAY + 30 * MINUTE,
    )
    assert parts(waiting(), active(), retired) == {
        KeyState.RETIRED: [("published", False), ("signing", False), ("verifying", False)],
        KeyState.ACTIVE: [("published", False), ("signing", False), ("signing", True), ("verifying", True)],
        KeyState.PREPUBLISHED: [("published", False), ("published", True), ("signing", True)],
    }


def test_a_suspended_key_neither_signs_nor_verifies_while_it_is_so() -> None:
    since = NOW - 10 * DAY
    suspended = life(KeyState.SUSPENDED, published_at=since, activated_at=since, suspended_at=NOW - DAY)
    drawn = timeline([suspended], rules=RULES, wanted="ES256", now=NOW)
    assert drawn.lanes[0].segments == (
        Segment(Stretch.SIGNING, since, NOW - DAY),
        Segment(Stretch.SUSPENDED, NOW - DAY, NOW),
    )


def test_a_resumed_key_verifies_after_its_pause() -> None:
    since = NOW - 10 * DAY
    resumed = life(
        KeyState.VERIFY_ONLY,
        published_at=since,
        activated_at=since,
        suspended_at=NOW - DAY,
        deactivated_at=NOW - MINUTE,
    )
    assert parts(resumed)[KeyState.VERIFY_ONLY] == [
        ("signing", False),
        ("suspended", False),
        ("verifying", False),
        ("verifying", True),
    ]


def test_a_revoked_key_ends_where_it_was_revoked() -> None:
    since = NOW - 10 * DAY
    revoked = life(KeyState.COMPROMISED, published_at=since, activated_at=since, revoked_at=NOW - DAY)
    drawn = timeline([revoked], rules=RULES, wanted="ES256", now=NOW)
    assert drawn.lanes[0].segments[-1].end == NOW - DAY


def test_a_key_long_gone_is_not_drawn() -> None:
    old = NOW - 300 * DAY
    gone = life(KeyState.RETIRED, published_at=old, activated_at=old, deactivated_at=old, retired_at=old)
    assert parts(gone) == {}


def test_a_root_without_a_period_signs_on() -> None:
    assert parts(active(), rules=NO_PERIOD)[KeyState.ACTIVE][-1] == ("signing", True)


@given(
    days=st.floats(0, 400, allow_nan=False),
    published=st.floats(0, 60, allow_nan=False),
    at=st.datetimes(timezones=st.just(UTC)),
)
def test_everything_lies_on_the_line_in_order(days: float, published: float, at: datetime) -> None:
    drawn = timeline([active(days), waiting(published)], rules=RULES, wanted="ES256", now=NOW)
    assert drawn.start < drawn.now < drawn.end
    assert 0 <= drawn.share(at) <= 1
    for lane in drawn.lanes:
        for part, after in zip(lane.segments, lane.segments[1:], strict=False):
            assert part.start <= part.end <= after.start or part.end == after.start
