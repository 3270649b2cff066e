"""Every rule of the decision by name, and what comes before what."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given

from tests.support.decision_state import (
    DEVICES,
    INSIDE,
    NOW,
    OUTSIDE,
    PHONE,
    STATES,
    app,
    channel,
    phone,
    production,
    release,
    told,
)
from updates.domain.audience import Audience
from updates.domain.channel_rules import UpdatePolicy
from updates.domain.decision import AppView, DecisionKind, DeviceFacts, Rule
from updates.domain.version import native_fits

HOLD, INSTALL = DecisionKind.HOLD, DecisionKind.INSTALL
STAFF = Audience(attributes=(("ring", frozenset({"staff"})),))
ALWAYS = frozenset({PHONE.device_id})
BETA = channel("beta", release(9))
PRODUCTION = channel("production", release(1), public=True)
MEMBER = {PHONE.device_id: "beta"}


def on(release_seq: int, **changes: object) -> AppView:
    """A newer release with these terms on top of a full one."""
    return production(release(release_seq, **changes), release(1))


# What the newest release needs, what the device says, and which release it gets: 2 is the newest.
@pytest.mark.parametrize(
    ("terms", "says", "number", "reason"),
    [
        pytest.param({}, {}, 2, None, id="nothing against it"),
        pytest.param({"withdrawn": True}, {}, 1, Rule.WITHDRAWN, id="withdrawn"),
        pytest.param({"withdrawn": True}, {"current_version": "2.0.0"}, 1, Rule.WITHDRAWN, id="and running"),
        pytest.param({"native_min": "2.1"}, {}, 1, Rule.NATIVE_BOUNDS, id="native build too old"),
        pytest.param({"native_max": "1.9"}, {}, 1, Rule.NATIVE_BOUNDS, id="native build too new"),
        pytest.param({"native_min": "1"}, {"native_version": "x"}, 1, Rule.NATIVE_BOUNDS, id="unreadable"),
        pytest.param(
            {"lacking": frozenset({("ios", "2.0.0")})}, {}, 1, Rule.NATIVE_PLUGINS, id="build lacks a plugin"
        ),
        pytest.param(
            {"lacking": frozenset({("android", "2.0.0")})}, {}, 2, None, id="only the other platform's does"
        ),
        pytest.param(
            {"audience": Audience(platforms=frozenset({"android"}))}, {}, 1, Rule.AUDIENCE, id="platform"
        ),
        pytest.param(
            {"audience": Audience(os_min="16")}, {"os_version": "15.7"}, 1, Rule.AUDIENCE, id="system too old"
        ),
        pytest.param({"audience": Audience(os_min="16")}, {"os_version": "16.0"}, 2, None, id="new enough"),
        pytest.param({"audience": Audience(os_min="16")}, {}, 1, Rule.AUDIENCE, id="system unknown"),
        pytest.param(
            {"audience": Audience(native_builds=frozenset({"2.0.1"}))}, {}, 1, Rule.AUDIENCE, id="other build"
        ),
        pytest.param(
            {"audience": Audience(plugin_min="8.51")},
            {"plugin_version": "8.9.0"},
            1,
            Rule.AUDIENCE,
            id="plugin too old",
        ),
        pytest.param({"audience": STAFF}, {}, 1, Rule.AUDIENCE, id="attribute not told"),
        pytest.param(
            {"audience": STAFF}, {"attributes": {"ring": "guest"}}, 1, Rule.AUDIENCE, id="another value"
        ),
        pytest.param({"audience": STAFF}, {"attributes": {"ring": "staff"}}, 2, None, id="the value"),
        pytest.param(
            {"audience": replace(STAFF, always=ALWAYS)}, {}, 2, None, id="always in, whatever the conditions"
        ),
        pytest.param({"rollout_bps": OUTSIDE}, {}, 1, Rule.ROLLOUT, id="outside the rollout"),
        pytest.param({"rollout_bps": INSIDE}, {}, 2, None, id="inside it"),
        pytest.param(
            {"rollout_bps": 0, "audience": Audience(always=ALWAYS)}, {}, 2, None, id="always in, at nought"
        ),
        pytest.param(
            {"native_min": "3", "audience": Audience(always=ALWAYS)},
            {},
            1,
            Rule.NATIVE_BOUNDS,
            id="always in, but never outside native bounds",
        ),
        pytest.param(
            {"lacking": frozenset({("ios", "2.0.0")}), "audience": Audience(always=ALWAYS)},
            {},
            1,
            Rule.NATIVE_PLUGINS,
            id="always in, but not without the plugin",
        ),
        pytest.param(
            {"spread_minutes": 10, "live_epoch": NOW - 300}, {}, 1, Rule.PACING, id="not its turn yet"
        ),
        pytest.param({"spread_minutes": 10, "live_epoch": NOW - 580}, {}, 2, None, id="its turn has come"),
        pytest.param({"spread_minutes": 10, "live_epoch": NOW - 600}, {}, 2, None, id="everybody's turn"),
        pytest.param(
            {"spread_minutes": 10, "live_epoch": NOW},
            {"current_version": "2.0.0"},
            2,
            None,
            id="runs it already",
        ),
        pytest.param(
            {"spread_minutes": 10, "live_epoch": NOW, "audience": Audience(always=ALWAYS)},
            {},
            2,
            None,
            id="always in, first",
        ),
        pytest.param({"offered": False}, {}, 1, Rule.PAUSED, id="paused: not offered"),
        pytest.param(
            {"offered": False}, {"current_version": "2.0.0"}, 2, None, id="paused: kept by who runs it"
        ),
        pytest.param(
            {"offered": False, "audience": Audience(always=ALWAYS)}, {}, 1, Rule.PAUSED, id="paused for all"
        ),
    ],
)
def test_each_rule_of_a_release(
    terms: Mapping[str, object], says: Mapping[str, object], number: int, reason: Rule | None
) -> None:
    decision = told(on(2, **terms), phone(**says))
    assert decision.release is not None
    assert (decision.release.release_seq, decision.reason) == (number, reason)


@pytest.mark.parametrize(
    ("policy", "bundle", "native", "gets_it"),
    [
        pytest.param(UpdatePolicy.NONE, "3.0.0", "2.0.0", True, id="none: any"),
        pytest.param(UpdatePolicy.NONE, "3.0.0", "x", True, id="none: even on an unreadable one"),
        pytest.param(UpdatePolicy.MAJOR, "3.0.0", "2.0.0", False, id="major: another major"),
        pytest.param(UpdatePolicy.MAJOR, "2.9.9", "2.0.0", True, id="major: another minor"),
        pytest.param(UpdatePolicy.MAJOR, "1.0.0", "2.0.0", False, id="major: a lower one too"),
        pytest.param(UpdatePolicy.MINOR, "2.1.0", "2.0", False, id="minor: another minor"),
        pytest.param(UpdatePolicy.MINOR, "2.0.7", "2.0", True, id="minor: another patch"),
        pytest.param(UpdatePolicy.PATCH, "2.0.7", "2.0", False, id="patch: another patch"),
        pytest.param(UpdatePolicy.PATCH, "2.0.0-rc.1", "2.0", True, id="patch: another pre-release"),
        pytest.param(UpdatePolicy.PATCH, "2.0.0", "x", False, id="an unreadable native version"),
    ],
)
def test_an_update_policy_leaves_differences_to_the_store(
    policy: UpdatePolicy, bundle: str, native: str, *, gets_it: bool
) -> None:
    state = production(release(2, version=bundle), update_policy=policy)
    decision = told(state, phone(native_version=native))
    assert (decision.kind is INSTALL) == gets_it
    assert decision.reason is (None if gets_it else Rule.UPDATE_POLICY)


@pytest.mark.parametrize(
    ("bundle", "native", "gets_it"),
    [("2.0.0", "2.0", True), ("1.9.9", "2.0", False), ("2.0.0-rc.1", "2.0", False), ("1.0.0", "x", False)],
)
def test_a_channel_may_offer_nothing_below_the_native_version(
    bundle: str, native: str, *, gets_it: bool
) -> None:
    state = production(release(2, version=bundle), blocks_under_native=True)
    assert (told(state, phone(native_version=native)).kind is INSTALL) == gets_it
    assert told(production(release(2, version=bundle)), phone(native_version=native)).kind is INSTALL


@pytest.mark.parametrize(
    ("settings", "says", "reason"),
    [
        pytest.param({"shutoff": True}, {}, Rule.CHANNEL_SHUTOFF, id="shut off"),
        pytest.param({"allow_emulator": False}, {"is_emulator": True}, Rule.EMULATOR, id="emulators"),
        pytest.param(
            {"allow_development": False}, {"is_production": False}, Rule.DEVELOPMENT, id="development builds"
        ),
        pytest.param({"allow_production": False}, {}, Rule.PRODUCTION, id="production builds"),
        pytest.param({"native_min": "2.1"}, {}, Rule.CHANNEL_NATIVE_BOUNDS, id="native build too old"),
        pytest.param({"native_max": "1"}, {}, Rule.CHANNEL_NATIVE_BOUNDS, id="native build too new"),
    ],
)
def test_each_rule_of_a_channel_holds_what_the_device_runs(
    settings: Mapping[str, object], says: Mapping[str, object], reason: Rule
) -> None:
    for serves_builtin in (False, True):
        state = production(release(2), serves_builtin=serves_builtin, **settings)
        decision = told(state, phone(current_version="1.0.0", **says))
        assert (decision.kind, decision.reason, decision.decision_seq) == (HOLD, reason, 7)


def test_who_a_channel_does_not_serve_is_not_sent_to_another_one() -> None:
    state = app(replace(BETA, shutoff=True), PRODUCTION, members=MEMBER)
    assert told(state).channel == state.channels["beta"]
    assert told(state).kind is HOLD


def test_what_failed_on_a_device_falls_through_to_what_is_beneath() -> None:
    state = on(2, has_failures=True)
    assert told(state, failed=("2.0.0",)).release == release(1)
    assert told(state, failed=("2.0.0",)).reason is Rule.FAILED_BEFORE
    assert told(state, failed=()).kind is INSTALL
    assert told(production(release(2, has_failures=True)), failed=("2.0.0",)).kind is HOLD


def test_failures_are_looked_up_only_where_nothing_else_is_against_a_release() -> None:
    """Looking one up costs a way to Redis; who runs a release has shown that it works."""
    for state, device in (
        (production(release(1)), PHONE),
        (production(release(1, has_failures=True, rollout_bps=0)), PHONE),
        (production(release(1, has_failures=True, offered=False)), PHONE),
        (production(release(1, has_failures=True)), phone(current_version="1.0.0")),
    ):
        asked: list[str] = []
        told_to = told(state, device, failed=_Asking(asked))
        assert asked == []
        assert told_to.reason is not Rule.FAILED_BEFORE


class _Asking(list[str]):
    """Versions that failed; notes each question."""

    def __init__(self, asked: list[str]) -> None:
        super().__init__()
        self._asked = asked

    def __contains__(self, version: object) -> bool:
        self._asked.append(str(version))
        return True


def test_the_reason_is_that_of_the_newest_release() -> None:
    state = production(release(3, native_min="3"), release(2, rollout_bps=OUTSIDE), release(1))
    assert told(state).reason is Rule.NATIVE_BOUNDS


def test_the_first_rule_that_stops_a_release_is_the_reason() -> None:
    """In order: each state breaks one rule more, before all those that the state before it broke."""
    steps: list[tuple[dict[str, object], Rule]] = [
        ({"has_failures": True}, Rule.FAILED_BEFORE),
        ({"offered": False}, Rule.PAUSED),
        ({"spread_minutes": 10, "live_epoch": NOW}, Rule.PACING),
        ({"rollout_bps": OUTSIDE}, Rule.ROLLOUT),
        ({"version": "1.5.0"}, Rule.UNDER_NATIVE),
        ({"version": "1.4.0"}, Rule.UPDATE_POLICY),
        ({"audience": STAFF}, Rule.AUDIENCE),
        ({"lacking": frozenset({("ios", "2.0.0")})}, Rule.NATIVE_PLUGINS),
        ({"native_min": "3"}, Rule.NATIVE_BOUNDS),
        ({"withdrawn": True}, Rule.WITHDRAWN),
    ]
    terms: dict[str, object] = {"version": "2.0.5"}
    for more, reason in steps:
        terms |= more
        policy = UpdatePolicy.MAJOR if terms["version"] == "1.4.0" else UpdatePolicy.NONE
        state = production(release(2, **terms), blocks_under_native=True, update_policy=policy)
        assert told(state, failed=[str(terms["version"])]).reason is reason


@given(state=STATES, device=DEVICES)
def test_nobody_gets_a_withdrawn_release_or_one_for_another_native_build(
    state: AppView, device: DeviceFacts
) -> None:
    decision = told(state, device)
    offered, served_from = decision.release, decision.channel
    if offered is None or served_from is None:
        return
    assert not offered.withdrawn
    assert native_fits(device.native_version, offered.native_min, offered.native_max)
    assert native_fits(device.native_version, served_from.native_min, served_from.native_max)
    assert (device.platform, device.native_version) not in offered.lacking
    assert device.platform in served_from.platforms


@given(state=STATES, device=DEVICES)
def test_nobody_is_left_with_a_withdrawn_bundle(state: AppView, device: DeviceFacts) -> None:
    running = replace(state, withdrawn=state.withdrawn | {device.current_version})
    if not device.is_on_builtin:
        assert told(running, device).kind is not HOLD


@given(state=STATES, device=DEVICES)
def test_what_failed_is_never_installed(state: AppView, device: DeviceFacts) -> None:
    failed = [f"{number}.0.0" for number in range(10)]
    decision = told(state, device, failed=failed)
    assert not (decision.kind is INSTALL and decision.release and decision.release.has_failures)


@given(state=STATES, device=DEVICES)
def test_time_takes_a_release_from_nobody(state: AppView, device: DeviceFacts) -> None:
    """With overrides aside: who is let in by spreading stays in."""
    state = replace(state, overrides={})
    before, after = told(state, device), told(state, device, now=NOW + 200)
    if before.release is not None:
        assert after.release is not None
        assert after.channel is not None
        order = list(after.channel.releases)
        assert order.index(after.release) <= order.index(before.release)
