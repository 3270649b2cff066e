import hashlib
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tests.support.decision_state import (
    DEVICES,
    INSIDE,
    NOW,
    OUTSIDE,
    PHONE,
    STATES,
    app,
    channel,
    production,
    release,
    told,
)
from updates.domain.decision import Rule
from updates.domain.plugin_way_back import knows_way_back
from updates.domain.targeting import AppView, DecisionKind, DeviceFacts, ReleaseView
from updates.domain.version import native_fits

PRODUCTION = channel("production", release(1), public=True)
BETA = channel("beta", release(2))
STAGING = channel("staging", release(3), self_assignable=True)
MEMBER = {PHONE.device_id: "beta"}


@pytest.mark.parametrize(
    ("state", "asks", "gets"),
    [
        pytest.param(app(PRODUCTION, BETA), "", "production", id="who asks for nothing gets the public one"),
        pytest.param(app(PRODUCTION, BETA), "production", "production", id="public may be asked for"),
        pytest.param(app(PRODUCTION, STAGING), "staging", "staging", id="self-assignable may be asked for"),
        pytest.param(app(PRODUCTION, BETA), "beta", "production", id="testers' channel is refused to others"),
        pytest.param(app(PRODUCTION, BETA, members=MEMBER), "beta", "beta", id="a member may ask"),
        pytest.param(app(PRODUCTION, BETA, members=MEMBER), "", "beta", id="a member needn't ask"),
        pytest.param(
            app(PRODUCTION, BETA, members=MEMBER), "production", "production", id="asking beats membership"
        ),
        pytest.param(app(PRODUCTION), "nowhere", "production", id="an unknown channel is as none"),
        pytest.param(app(BETA), "", None, id="no public channel"),
        pytest.param(app(), "", None, id="no channel at all"),
        pytest.param(
            app(PRODUCTION, replace(STAGING, platforms=frozenset({"android"}))),
            "staging",
            "production",
            id="a channel of another platform can't be asked for",
        ),
        pytest.param(
            app(PRODUCTION, replace(BETA, platforms=frozenset({"android"})), members=MEMBER),
            "",
            "production",
            id="membership doesn't cross platforms",
        ),
        pytest.param(
            app(replace(PRODUCTION, platforms=frozenset({"android"}))), "", None, id="public on Android only"
        ),
        pytest.param(
            app(PRODUCTION, members={PHONE.device_id: "gone"}), "", "production", id="dangling member"
        ),
    ],
)
def test_channel_of_a_device(state: AppView, asks: str, gets: str | None) -> None:
    decision = told(state, structs.replace(PHONE, requested_channel=asks))
    assert (decision.channel.name if decision.channel else None) == gets
    if gets is None:
        assert (decision.kind, decision.decision_seq) == (DecisionKind.HOLD, 0)


@pytest.mark.parametrize(
    ("releases", "runs", "kind", "number"),
    [
        pytest.param((release(1),), "", DecisionKind.INSTALL, 1, id="full release"),
        pytest.param((release(1),), "1.0.0", DecisionKind.CURRENT, 1, id="runs it already"),
        pytest.param((release(1),), "9.0.0", DecisionKind.INSTALL, 1, id="a lower version is an update too"),
        pytest.param((), "", DecisionKind.HOLD, None, id="nothing published"),
        pytest.param(
            (release(2, rollout_bps=INSIDE), release(1)),
            "1.0.0",
            DecisionKind.INSTALL,
            2,
            id="in the rollout",
        ),
        pytest.param(
            (release(2, rollout_bps=OUTSIDE), release(1)), "1.0.0", DecisionKind.CURRENT, 1, id="outside it"
        ),
        pytest.param(
            (release(2, rollout_bps=OUTSIDE),), "", DecisionKind.HOLD, None, id="outside the only one"
        ),
        pytest.param(
            (release(3, rollout_bps=INSIDE), release(2, rollout_bps=INSIDE), release(1)),
            "",
            DecisionKind.INSTALL,
            3,
            id="newest of two rollouts",
        ),
        pytest.param(
            (release(2, native_min="2.1"), release(1)),
            "",
            DecisionKind.INSTALL,
            1,
            id="newest needs a newer build",
        ),
        pytest.param(
            (release(1, native_max="1.9"),), "", DecisionKind.HOLD, None, id="only one for older builds"
        ),
        pytest.param((release(1, native_min="2.0.0"),), "", DecisionKind.INSTALL, 1, id="fits exactly"),
    ],
)
def test_release_of_a_channel(
    releases: tuple[ReleaseView, ...], runs: str, kind: DecisionKind, number: int | None
) -> None:
    decision = told(
        app(channel("production", *releases, public=True)), structs.replace(PHONE, current_version=runs)
    )
    assert decision.kind is kind
    assert (decision.release.release_seq if decision.release else None) == number


def test_a_channel_back_on_the_builtin_bundle_sends_devices_there_once() -> None:
    state = app(channel("production", public=True, serves_builtin=True))
    assert told(state, structs.replace(PHONE, current_version="1.0.0")).kind is DecisionKind.BUILTIN
    for builtin in ("", PHONE.native_version):
        assert told(state, structs.replace(PHONE, current_version=builtin)).kind is DecisionKind.HOLD


def test_a_device_without_a_way_back_to_the_builtin_bundle_holds() -> None:
    state = app(channel("production", public=True, serves_builtin=True))
    decision = told(state, structs.replace(PHONE, current_version="1.0.0", has_way_back=False))
    assert (decision.kind, decision.reason) == (DecisionKind.HOLD, Rule.NO_WAY_BACK)


@pytest.mark.parametrize(
    ("plugin", "knows"),
    [("6.2.0", True), ("8.51.23", True), ("6.1.9", False), ("5.50.2", False), ("", True), ("odd", True)],
)
def test_plugins_before_6_2_have_no_way_back(plugin: str, *, knows: bool) -> None:
    assert knows_way_back(plugin) is knows


def test_a_release_named_like_the_native_build_is_current_on_either() -> None:
    """The plugin doesn't install a bundle of the name that it gives the running one."""
    state = app(channel("production", release(2), public=True))
    phone = structs.replace(PHONE, native_version="2.0.0", current_version="2.0.0")
    assert told(state, phone).kind is DecisionKind.CURRENT
    assert told(state, structs.replace(phone, current_version="")).kind is DecisionKind.INSTALL


def test_a_rollout_on_top_of_the_builtin_bundle_reaches_its_devices_only() -> None:
    state = app(channel("production", release(2, rollout_bps=OUTSIDE), public=True, serves_builtin=True))
    assert told(state, structs.replace(PHONE, current_version="1.0.0")).kind is DecisionKind.BUILTIN


@given(state=STATES, device=DEVICES)
def test_nobody_is_offered_what_does_not_fit_the_native_build(state: AppView, device: DeviceFacts) -> None:
    offered = told(state, device).release
    assert offered is None or native_fits(device.native_version, offered.native_min, offered.native_max)


@given(state=STATES, device=DEVICES)
def test_the_same_question_gets_the_same_answer(state: AppView, device: DeviceFacts) -> None:
    assert told(state, device) == told(state, device)


@given(state=STATES, device=DEVICES)
def test_a_release_is_named_exactly_with_install_and_current(state: AppView, device: DeviceFacts) -> None:
    decision = told(state, device)
    names_one = decision.kind in {DecisionKind.INSTALL, DecisionKind.CURRENT}
    assert (decision.release is not None) == names_one


@given(state=STATES, device=DEVICES)
def test_without_membership_nobody_reaches_a_private_channel(state: AppView, device: DeviceFacts) -> None:
    reached = told(replace(state, members={}, overrides={}), device).channel
    assert reached is None or reached.public or reached.self_assignable


@given(device=DEVICES, shares=st.tuples(*[st.integers(0, 10_000)] * 2))
def test_raising_a_share_takes_the_release_from_nobody(device: DeviceFacts, shares: tuple[int, int]) -> None:
    less, more = (
        told(app(channel("production", release(1, rollout_bps=share), public=True)), device).release
        for share in sorted(shares)
    )
    assert less is None or more is not None


SPREAD = production(
    release(3, rollout_bps=2000, spread_minutes=60, live_epoch=NOW - 1800, rollout_salt="a5" * 16),
    release(2, rollout_bps=5000, rollout_salt="5a" * 16),
    release(1),
)


def shares(count: int) -> Counter[int]:
    """How many of so many devices are told to run each release."""
    return Counter(decided(number) for number in range(count))


def decided(number: int) -> int:
    told_to = told(SPREAD, structs.replace(PHONE, device_id=f"device-{number:06d}")).release
    return told_to.release_seq if told_to else 0


def fingerprint() -> str:
    """Of the decisions for 500 devices."""
    return hashlib.sha256(bytes(decided(number) for number in range(500))).hexdigest()


def test_devices_are_shared_out_as_the_rollouts_say() -> None:
    """Chi-squared with 20,000 devices; 2 degrees of freedom, p = 0.9999: 18.4."""
    expected = {3: 2000, 2: 9000, 1: 9000}  # a tenth; half of the others; the rest
    counted = shares(20_000)
    assert sum((counted[seq] - many) ** 2 / many for seq, many in expected.items()) < 18.4


def test_every_process_decides_alike() -> None:
    script = "from tests.unit.updates.test_targeting import fingerprint; print(fingerprint())"
    told_elsewhere = [
        subprocess.run(
            [sys.executable, "-c", script],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    ]
    assert told_elsewhere == [fingerprint()] * 2
