"""What a decision says beside its release: nothing new, the way back, at once, or first to the store."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.support.decision_state import PHONE, app, channel, forced, phone, production, release, told
from updates.domain.channel_rules import UpdatePolicy
from updates.domain.decision import AppView, DecisionKind

HOLD, INSTALL, CURRENT, BUILTIN = (
    DecisionKind.HOLD,
    DecisionKind.INSTALL,
    DecisionKind.CURRENT,
    DecisionKind.BUILTIN,
)
BETA = channel("beta", release(9))
PRODUCTION = channel("production", release(1), public=True)


@pytest.mark.parametrize(
    ("runs", "kind", "number"),
    [
        pytest.param("", HOLD, None, id="nothing new for the built-in bundle"),
        pytest.param("1.0.0", CURRENT, 1, id="what runs stays"),
        pytest.param("2.0.0", CURRENT, 2, id="the newest stays too"),
        pytest.param("0.9.0", HOLD, None, id="nothing new for an old one"),
        pytest.param("3.0.0", INSTALL, 2, id="but back from what was rolled back"),
        pytest.param("4.0.0", INSTALL, 2, id="and from what was withdrawn"),
    ],
)
def test_a_paused_channel_offers_nothing_new(runs: str, kind: DecisionKind, number: int | None) -> None:
    state = replace(
        production(release(2), release(1), paused=True, taken_back=frozenset({"3.0.0"})),
        withdrawn=frozenset({"4.0.0"}),
    )
    decision = told(state, phone(current_version=runs))
    assert decision.kind is kind
    assert (decision.release.release_seq if decision.release else None) == number


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(production(), id="nothing on the channel"),
        pytest.param(production(release(2, native_min="3")), id="nothing that fits"),
        pytest.param(production(release(2), shutoff=True), id="channel shut off"),
        pytest.param(app(PRODUCTION, shutoff=True), id="app shut off"),
        pytest.param(app(), id="no channel"),
        pytest.param(app(BETA, overrides=forced("beta", release(4, withdrawn=True))), id="forced to it"),
    ],
)
def test_who_runs_a_withdrawn_bundle_and_gets_nothing_goes_to_the_builtin_one(state: AppView) -> None:
    state = replace(state, withdrawn=frozenset({"4.0.0", PHONE.native_version}))
    assert told(state, phone(current_version="4.0.0")).kind is BUILTIN
    assert told(state, phone(current_version="0.9.0")).kind is HOLD
    for builtin in ("", PHONE.native_version):  # newer plugins name it so
        assert told(state, phone(current_version=builtin)).kind is HOLD


@pytest.mark.parametrize(
    ("terms", "runs", "hurries"),
    [
        pytest.param({}, "1.0.0", False, id="not mandatory"),
        pytest.param({"hurries": True}, "1.0.0", True, id="mandatory"),
        pytest.param({"hurries": True}, "3.0.0", False, id="but it runs"),
        pytest.param(
            {"hurries": True, "unhurried": frozenset({"2.0.0"})}, "1.0.0", True, id="it was skipped"
        ),
        pytest.param({"hurries": True, "unhurried": frozenset({"2.0.0"})}, "2.0.0", False, id="it wasn't"),
    ],
)
def test_an_install_is_mandatory_if_what_it_brings_is(
    terms: Mapping[str, object], runs: str, *, hurries: bool
) -> None:
    assert told(production(release(3, **terms)), phone(current_version=runs)).mandatory is hurries


@pytest.mark.parametrize(
    ("state", "native", "needed"),
    [
        pytest.param(
            production(release(2, native_min="3"), release(1)),
            "2.0",
            False,
            id="the channel doesn't ask for it",
        ),
        pytest.param(
            production(release(2, native_min="3"), store_update_required=True), "2.0", True, id="nothing else"
        ),
        pytest.param(
            production(release(2, native_min="3"), release(1), store_update_required=True),
            "2.0",
            True,
            id="beside an older one that fits",
        ),
        pytest.param(
            production(release(2, native_max="1"), store_update_required=True), "2.0", False, id="too new"
        ),
        pytest.param(
            production(release(2, native_min="3", rollout_bps=0), store_update_required=True),
            "2.0",
            False,
            id="not rolled out to it anyway",
        ),
        pytest.param(
            production(release(2, native_min="3", offered=False), store_update_required=True),
            "2.0",
            False,
            id="paused",
        ),
        pytest.param(
            production(release(3), store_update_required=True, update_policy=UpdatePolicy.MAJOR),
            "2.0",
            True,
            id="of another major version",
        ),
        pytest.param(
            production(release(1), store_update_required=True, update_policy=UpdatePolicy.MAJOR),
            "2.0",
            False,
            id="of an earlier one",
        ),
        pytest.param(
            production(native_min="3", store_update_required=True), "2.0", True, id="the channel does"
        ),
        pytest.param(
            production(native_max="1", store_update_required=True), "2.0", False, id="channel is older"
        ),
        pytest.param(
            production(release(2), store_update_required=True, shutoff=True), "2.0", False, id="shut off"
        ),
    ],
)
def test_a_store_update_is_asked_for_if_it_would_bring_a_release(
    state: AppView, native: str, *, needed: bool
) -> None:
    assert told(state, phone(native_version=native)).store_update is needed
