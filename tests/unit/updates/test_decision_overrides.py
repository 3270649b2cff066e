"""What comes before a channel's releases: an app's shutoff, previews that are over, overrides."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.support.decision_state import NOW, PHONE, app, channel, forced, phone, release, told
from updates.domain.audience import Audience
from updates.domain.channel_rules import UpdatePolicy
from updates.domain.decision import Decision, DecisionKind, Rule

HOLD, INSTALL = DecisionKind.HOLD, DecisionKind.INSTALL
BETA = channel("beta", release(9))
PRODUCTION = channel("production", release(1), public=True)
MEMBER = {PHONE.device_id: "beta"}
STAFF = Audience(attributes=(("ring", frozenset({"staff"})),))


def test_a_shut_off_app_serves_nobody_whatever_is_forced() -> None:
    state = app(PRODUCTION, BETA, members=MEMBER, overrides=forced("beta", release(9)), shutoff=True)
    assert told(state) == Decision(HOLD, None, None, Rule.APP_SHUTOFF)


def test_a_preview_serves_its_members_until_it_is_over() -> None:
    state = app(replace(BETA, expires_epoch=NOW), PRODUCTION, members=MEMBER)
    assert told(state, now=NOW - 1).channel == state.channels["beta"]
    assert told(state, phone(requested_channel="beta")).channel == PRODUCTION
    assert told(replace(state, overrides=forced("beta"))).channel == PRODUCTION


def test_an_override_to_a_channel_beats_what_the_device_asks_for_until_its_time() -> None:
    state = app(BETA, PRODUCTION, overrides=forced("beta"))
    asking = phone(requested_channel="production")
    assert told(state, asking).channel == BETA
    assert told(state, asking, now=NOW + 1).channel == PRODUCTION


def test_an_override_to_a_channel_keeps_to_the_channels_rules() -> None:
    strict = replace(BETA, allow_production=False)
    assert told(app(strict, PRODUCTION, overrides=forced("beta"))).reason is Rule.PRODUCTION


def test_an_override_does_not_cross_platforms() -> None:
    state = app(replace(BETA, platforms=frozenset({"android"})), PRODUCTION, overrides=forced("beta"))
    assert told(state).channel == PRODUCTION


@pytest.mark.parametrize(
    "terms",
    [
        {"rollout_bps": 0},
        {"offered": False},
        {"audience": STAFF},
        {"spread_minutes": 10, "live_epoch": NOW},
    ],
)
def test_who_is_forced_to_a_release_gets_it_whatever_its_terms(terms: Mapping[str, object]) -> None:
    target = release(5, **terms)
    strict = replace(BETA, allow_production=False, paused=True, update_policy=UpdatePolicy.PATCH)
    decision = told(app(strict, PRODUCTION, overrides=forced("beta", target)))
    assert decision == Decision(INSTALL, strict, target)


@pytest.mark.parametrize(
    ("terms", "failed", "reason"),
    [
        pytest.param({"native_min": "3"}, (), Rule.NATIVE_BOUNDS, id="outside native bounds"),
        pytest.param(
            {"lacking": frozenset({("ios", "2.0.0")})}, (), Rule.NATIVE_PLUGINS, id="lacks a plugin"
        ),
        pytest.param({"withdrawn": True}, (), Rule.WITHDRAWN, id="withdrawn"),
        pytest.param({"has_failures": True}, ("5.0.0",), Rule.FAILED_BEFORE, id="failed on the device"),
    ],
)
def test_who_is_forced_to_a_release_that_would_break_it_holds(
    terms: Mapping[str, object], failed: tuple[str, ...], reason: Rule
) -> None:
    state = app(BETA, PRODUCTION, overrides=forced("beta", release(5, **terms)))
    decision = told(state, phone(current_version="1.0.0"), failed=failed)
    assert (decision.kind, decision.reason) == (HOLD, reason)


def test_a_shut_off_channel_and_its_native_bounds_stop_who_is_forced_to_its_release_too() -> None:
    for settings, reason in (
        ({"shutoff": True}, Rule.CHANNEL_SHUTOFF),
        ({"native_min": "3"}, Rule.CHANNEL_NATIVE_BOUNDS),
    ):
        state = app(replace(BETA, **settings), PRODUCTION, overrides=forced("beta", release(5)))
        assert (told(state).kind, told(state).reason) == (HOLD, reason)
