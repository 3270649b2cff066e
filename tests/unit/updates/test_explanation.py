"""What a page says about a decision: the same decision, and each rule's word for it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tests.support.decision_state import (
    DEVICES,
    NOW,
    OUTSIDE,
    PHONE,
    STATES,
    app,
    channel,
    forced,
    production,
    release,
)
from updates.domain.audience import Audience
from updates.domain.channel_rules import UpdatePolicy
from updates.domain.decision import AppView, DecisionKind, DeviceFacts, ReleaseView, Rule
from updates.domain.explanation import Explanation, RuleNote, Verdict, explain
from updates.domain.targeting import decide


def explained(
    state: AppView, device: DeviceFacts = PHONE, *, failed: frozenset[str] = frozenset()
) -> Explanation:
    return explain(state, device, now_epoch=NOW, failed=lambda one: one.version in failed)


def note_of(explanation: Explanation, rule: Rule, about: str = "2.0.0") -> tuple[Verdict, str]:
    (note,) = [note for note in explanation.notes if (note.rule, note.about) == (rule, about)]
    return note.verdict, note.words


@given(state=STATES, device=DEVICES, failed=st.sampled_from([frozenset(), frozenset({"1.0.0", "6.0.0"})]))
def test_what_is_explained_is_what_is_decided(
    state: AppView, device: DeviceFacts, failed: frozenset[str]
) -> None:
    def has_failed(one: ReleaseView) -> bool:
        return one.version in failed

    explanation = explained(state, device, failed=failed)
    assert explanation.decision == decide(state, device, now_epoch=NOW, failed=has_failed)


_OF_RELEASES = list(Rule)[list(Rule).index(Rule.WITHDRAWN) : list(Rule).index(Rule.BUILTIN)]


@given(state=STATES, device=DEVICES)
def test_the_notes_lead_to_the_decision(state: AppView, device: DeviceFacts) -> None:
    """The last word about each release is a stop, but for the one that the device gets."""
    explanation = explained(state, device)
    last: dict[str, RuleNote] = {note.about: note for note in explanation.notes if note.rule in _OF_RELEASES}
    if release_got := explanation.decision.release:
        assert last.pop(release_got.version).verdict is not Verdict.STOPPED
    assert all(note.verdict is Verdict.STOPPED for note in last.values())
    assert all(note.words for note in explanation.notes)


@pytest.mark.parametrize(
    ("state", "rule", "about", "verdict", "words"),
    [
        pytest.param(
            app(channel("beta"), overrides=forced("beta", release(5))),
            Rule.OVERRIDE,
            "beta",
            Verdict.MATCHED,
            "It is forced to release 5.0.0 of beta until 2027-01-15 08:00 UTC.",
            id="forced to a release",
        ),
        pytest.param(
            production(), Rule.OVERRIDE, "", Verdict.IDLE, "It isn't forced anywhere.", id="not forced"
        ),
        pytest.param(
            app(channel("beta", platforms=frozenset({"android"})), members={PHONE.device_id: "beta"}),
            Rule.MEMBERSHIP,
            "",
            Verdict.STOPPED,
            "It is a member of beta. That channel doesn't serve ios.",
            id="a member, but not there",
        ),
        pytest.param(
            app(), Rule.PUBLIC_CHANNEL, "", Verdict.STOPPED, "No channel is public for ios.", id="no channel"
        ),
        pytest.param(
            app(shutoff=True),
            Rule.APP_SHUTOFF,
            "",
            Verdict.STOPPED,
            "The app is shut off: nobody gets anything.",
            id="app shut off",
        ),
        pytest.param(
            production(allow_production=False),
            Rule.PRODUCTION,
            "production",
            Verdict.STOPPED,
            "The channel doesn't serve production builds; this is one.",
            id="production builds",
        ),
        pytest.param(
            production(native_min="2.1", native_max="3"),
            Rule.CHANNEL_NATIVE_BOUNDS,
            "production",
            Verdict.STOPPED,
            "For native versions from 2.1 up to 3; this is 2.0.0.",
            id="channel's native bounds",
        ),
    ],
)
def test_the_words_on_the_way_to_a_channel(
    state: AppView, rule: Rule, about: str, verdict: Verdict, words: str
) -> None:
    assert note_of(explained(state), rule, about) == (verdict, words)


def test_what_was_asked_for_and_refused_says_so() -> None:
    asking = structs.replace(PHONE, requested_channel="beta")
    public = channel("production", public=True)
    assert note_of(explained(app(public), asking), Rule.CHANNEL_ASKED, "") == (
        Verdict.STOPPED,
        "It asks for beta. There is no such channel.",
    )
    assert note_of(explained(app(public, channel("beta")), asking), Rule.CHANNEL_ASKED, "") == (
        Verdict.STOPPED,
        "It asks for beta. Not for this device, or over.",
    )


STAFF = Audience(
    platforms=frozenset({"ios"}),
    os_min="16",
    native_builds=frozenset({"2.0.0"}),
    plugin_min="8.51",
    attributes=(("ring", frozenset({"friends", "staff"})),),
)


@pytest.mark.parametrize(
    ("terms", "rule", "verdict", "words"),
    [
        pytest.param({}, Rule.NATIVE_BOUNDS, Verdict.IDLE, "It has no native bounds.", id="no bounds"),
        pytest.param(
            {"native_min": "2"},
            Rule.NATIVE_BOUNDS,
            Verdict.MATCHED,
            "For native versions from 2; this is 2.0.0.",
            id="within bounds",
        ),
        pytest.param(
            {"withdrawn": True},
            Rule.WITHDRAWN,
            Verdict.STOPPED,
            "It was withdrawn: nobody gets it.",
            id="withdrawn",
        ),
        pytest.param(
            {"lacking": frozenset({("ios", "2.0.0")})},
            Rule.NATIVE_PLUGINS,
            Verdict.STOPPED,
            "Native builds that lack a plugin it needs: ios 2.0.0.",
            id="lacks a plugin",
        ),
        pytest.param(
            {"audience": STAFF},
            Rule.AUDIENCE,
            Verdict.STOPPED,
            "For platform ios (told: ios); system from 16 (told: nothing); native build 2.0.0 (told: "
            "2.0.0); plugin from 8.51 (told: nothing); ring friends, staff (told: nothing).",
            id="not in the audience",
        ),
        pytest.param(
            {"audience": replace(STAFF, always=frozenset({PHONE.device_id}))},
            Rule.AUDIENCE,
            Verdict.MATCHED,
            "It is one of the devices that are always in.",
            id="always in the audience",
        ),
        pytest.param(
            {"rollout_bps": OUTSIDE},
            Rule.ROLLOUT,
            Verdict.STOPPED,
            "Rolled out to 94.75 % of devices; this one comes after 94.75 %.",
            id="just outside the rollout",
        ),
        pytest.param(
            {"rollout_bps": 0, "audience": Audience(always=frozenset({PHONE.device_id}))},
            Rule.ROLLOUT,
            Verdict.MATCHED,
            "It is one of the devices that are always in.",
            id="always in the rollout",
        ),
        pytest.param(
            {"spread_minutes": 10, "live_epoch": NOW - 300},
            Rule.PACING,
            Verdict.STOPPED,
            "Spread over 10 minutes: 50 % of devices so far; this one comes after 94.75 %.",
            id="not its turn",
        ),
        pytest.param(
            {"offered": False},
            Rule.PAUSED,
            Verdict.STOPPED,
            "The release is paused: it isn't offered to devices that don't run it.",
            id="paused",
        ),
        pytest.param(
            {"has_failures": True},
            Rule.FAILED_BEFORE,
            Verdict.MATCHED,
            "It failed on other devices, not on this one.",
            id="failed elsewhere",
        ),
    ],
)
def test_the_words_of_a_release(terms: dict[str, object], rule: Rule, verdict: Verdict, words: str) -> None:
    assert note_of(explained(production(release(2, **terms))), rule) == (verdict, words)


def test_the_words_of_a_channels_policies() -> None:
    state = production(
        release(3), release(1), update_policy=UpdatePolicy.MAJOR, blocks_under_native=True, paused=True
    )
    explanation = explained(state)
    assert note_of(explanation, Rule.UPDATE_POLICY, "3.0.0") == (
        Verdict.STOPPED,
        "The channel leaves another major version to the store; this is 3.0.0 on native 2.0.0.",
    )
    minor = explained(replace_policy(state, UpdatePolicy.NONE))
    assert note_of(minor, Rule.UNDER_NATIVE, "1.0.0") == (
        Verdict.STOPPED,
        "The channel offers nothing below the native version; this is 1.0.0 on native 2.0.0.",
    )
    assert note_of(minor, Rule.PAUSED, "3.0.0") == (
        Verdict.STOPPED,
        "The channel is paused: it isn't offered to devices that don't run it.",
    )


def replace_policy(state: AppView, policy: UpdatePolicy) -> AppView:
    changed = replace(state.channels["production"], update_policy=policy)
    return replace(state, channels={"production": changed})


def test_words_of_what_a_device_runs() -> None:
    running = structs.replace(PHONE, current_version="2.0.1")
    terms = {"version": "2.0.1", "offered": False, "has_failures": True}
    explanation = explained(production(release(2, **terms)), running)
    assert note_of(explanation, Rule.PAUSED, "2.0.1") == (
        Verdict.MATCHED,
        "The release is paused; the device runs it already and keeps it.",
    )
    assert note_of(explanation, Rule.FAILED_BEFORE, "2.0.1") == (
        Verdict.MATCHED,
        "It failed on some devices; this one runs it.",
    )


def test_the_way_back_to_the_builtin_bundle_says_why() -> None:
    running = structs.replace(PHONE, current_version="4.0.0")
    rolled_back = explained(production(serves_builtin=True), running)
    assert rolled_back.decision.kind is DecisionKind.BUILTIN
    assert rolled_back.notes[-1].words == "The channel was rolled back to the built-in bundle."
    withdrawn = explained(replace(production(), withdrawn=frozenset({"4.0.0"})), running)
    assert withdrawn.notes[-1].words == "What it runs was withdrawn: it goes back to the built-in bundle."


def test_a_paused_channel_says_that_it_leads_away_from_what_was_taken_back() -> None:
    state = production(release(2), paused=True, taken_back=frozenset({"4.0.0"}))
    explanation = explained(state, structs.replace(PHONE, current_version="4.0.0"))
    assert note_of(explanation, Rule.PAUSED) == (
        Verdict.MATCHED,
        "The channel is paused, but what the device runs was taken back.",
    )
