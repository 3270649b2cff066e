"""The decision table as it is read from rows: what the rules then rest on."""

from datetime import timedelta
from typing import Any

import pytest

from releaseconsole.kernel import clock
from tests.support.shipping import app_made, bundle_made, channel_made, released
from updates.domain.audience import Audience
from updates.domain.decision import AppView, ReleaseView
from updates.domain.release_state import ReleaseState
from updates.models import (
    App,
    Bundle,
    Channel,
    ChannelMember,
    DeviceOverride,
    InstallOutcome,
    NativeBuild,
    Release,
)
from updates.selectors.decision_table import app_view, decision_table_build
from updates.services import receipts_take

pytestmark = pytest.mark.django_db

APP_ID = "com.example.clinic"
STATE = ReleaseState


@pytest.fixture
def production() -> Channel:
    return channel_made(app_made())


def row(channel: Channel, version: str, state: ReleaseState = STATE.LIVE, **fields: Any) -> Release:
    """A release as a row: in states, and with terms, that services would take several steps to reach."""
    bundle = Bundle.objects.filter(app=channel.app, version=version).first() or bundle_made(
        channel.app, version
    )
    number = Release.objects.count() + 1
    terms = {
        "release_seq": number,
        "live_seq": number,
        "rollout_bps": 10_000 if state is not STATE.LIVE else 5000,
        "rollout_salt": "ab" * 16,
        "published_at": clock.now(),
    }
    made = Release.objects.create(
        app=channel.app, channel=channel, bundle=bundle, state=state, **(terms | fields)
    )
    receipts_take()
    return made


def seen() -> AppView:
    return decision_table_build().apps[APP_ID]


def on(channel: Channel) -> dict[str, ReleaseView]:
    return {view.version: view for view in seen().channels[channel.name].releases}


def test_what_is_live_paused_or_halted_is_on_its_channel_in_the_order_of_going_live(
    production: Channel,
) -> None:
    row(production, "1.0.0", live_seq=3)
    row(production, "1.1.0", STATE.PAUSED, live_seq=1, rollout_bps=1)
    row(production, "1.2.0", STATE.HALTED, live_seq=2, rollout_bps=1)
    for number, state in enumerate(set(ReleaseState) - {STATE.LIVE, STATE.PAUSED, STATE.HALTED}):
        row(production, f"2.{number}.0", state, live_seq=None, scheduled_at=clock.now())
    releases = seen().channels["production"].releases
    assert [(view.version, view.offered) for view in releases] == [
        ("1.0.0", True),
        ("1.2.0", False),
        ("1.1.0", False),
    ]


def test_a_release_carries_its_terms(production: Channel) -> None:
    made = row(production, "1.0.0", audience={"os_min": "16"}, targeted=True, spread_minutes=30)
    view = on(production)["1.0.0"]
    assert (view.audience, view.spread_minutes) == (Audience(os_min="16"), 30)
    assert made.published_at is not None
    assert view.live_epoch == int(made.published_at.timestamp())


def test_a_channel_and_an_app_carry_their_settings(production: Channel) -> None:
    now = clock.now()
    App.objects.update(
        shutoff_at=now,
        custom_id_policy="allowed",
        attributes=[{"name": "ring", "values": ["staff"]}],
    )
    Channel.objects.update(
        allow_emulator=False,
        allow_development=False,
        allow_production=False,
        native_min="1.2",
        native_max="2",
        update_policy="minor",
        blocks_under_native=True,
        store_update_required=True,
        paused_at=now,
        shutoff_at=now,
        public=False,
        preview_of="#7",
        expires_at=now,
    )
    app, view = seen(), seen().channels["production"]
    assert (app.shutoff, app.custom_ids.policy.value) == (True, "allowed")
    assert app.attributes == {"ring": frozenset({"staff"})}
    assert (view.allow_emulator, view.allow_development, view.allow_production) == (False, False, False)
    assert (view.native_min, view.native_max, view.update_policy.value) == ("1.2", "2", "minor")
    assert (view.blocks_under_native, view.store_update_required) == (True, True)
    assert (view.paused, view.shutoff, view.expires_epoch) == (True, True, int(now.timestamp()))


def test_content_is_withdrawn_under_every_version_and_in_no_other_app(production: Channel) -> None:
    bad = bundle_made(production.app, "1.0.0")
    other_app = app_made("com.example.other")
    twins = [
        Bundle.objects.create(
            app=app,
            version="1.0.1",
            archive=bad.archive,
            file_count=1,
            unpacked_size=1,
            manifest=[],
            manifest_sha256="c" * 64,
            uploaded_by="system:",
        )
        for app in (production.app, other_app)
    ]
    row(production, twins[0].version)
    Bundle.objects.filter(pk=bad.pk).update(withdrawn_at=clock.now())
    table = decision_table_build()
    assert table.withdrawn == {(APP_ID, bad.archive_id)}
    assert table.apps[APP_ID].withdrawn == {"1.0.0", "1.0.1"}
    assert table.apps["com.example.other"].withdrawn == frozenset()
    assert on(production)["1.0.1"].withdrawn


def test_a_release_knows_the_builds_that_lack_a_plugin(production: Channel) -> None:
    Bundle.objects.filter(pk=bundle_made(production.app, "1.0.0").pk).update(
        native_packages={"@capacitor/camera": "6.0.0"}
    )
    for version, plugins in (("1.0", {}), ("1.1", {"@capacitor/camera": "6.1.0"})):
        NativeBuild.objects.create(
            app=production.app,
            platform="ios",
            version=version,
            plugins=plugins,
            fingerprint="f" * 64,
            registered_at=clock.now(),
            registered_by="system:",
        )
    made = row(production, "1.0.0")
    assert on(production)["1.0.0"].lacking == {("ios", "1.0")}
    Release.objects.filter(pk=made.pk).update(native_override=True)
    assert on(production)["1.0.0"].lacking == frozenset()


def test_only_a_version_that_failed_somewhere_is_asked_about(production: Channel) -> None:
    row(production, "1.0.0")
    row(production, "1.1.0")
    InstallOutcome.objects.create(
        app=production.app,
        device_id="phone",
        version="1.1.0",
        outcome="failed",
        reason="update_fail",
        decided_at=clock.now(),
    )
    assert {version: view.has_failures for version, view in on(production).items()} == {
        "1.0.0": False,
        "1.1.0": True,
    }
    InstallOutcome.objects.update(allowed_at=clock.now())
    assert not on(production)["1.1.0"].has_failures


@pytest.mark.parametrize(
    ("history", "hurries", "unhurried"),
    [
        pytest.param([("1.0.0", STATE.SUPERSEDED, False)], False, [], id="nothing mandatory"),
        pytest.param([("1.0.0", STATE.SUPERSEDED, True)], True, ["1.0.0", "9.0.0"], id="the one before was"),
        pytest.param(
            [("1.0.0", STATE.SUPERSEDED, True), ("1.1.0", STATE.SUPERSEDED, False)],
            True,
            ["1.0.0", "1.1.0", "9.0.0"],
            id="who runs a later one has it behind",
        ),
        pytest.param(
            [("0.9.0", STATE.SUPERSEDED, False), ("1.0.0", STATE.LIVE, True)],
            True,
            ["1.0.0", "9.0.0"],
            id="who runs an earlier one hasn't",
        ),
        pytest.param([("1.0.0", STATE.ROLLED_BACK, True)], False, [], id="rolled back: hurries nobody"),
        pytest.param([("1.0.0", STATE.WITHDRAWN, True)], False, [], id="withdrawn: neither"),
        pytest.param(
            [("1.0.0", STATE.SUPERSEDED, True), ("1.1.0", STATE.ROLLED_BACK, True)],
            True,
            ["1.0.0", "1.1.0", "9.0.0"],
            id="rolled back, but an earlier one is not",
        ),
    ],
)
def test_a_mandatory_release_hurries_those_who_skip_it(
    production: Channel, history: list[tuple[str, ReleaseState, bool]], *, hurries: bool, unhurried: list[str]
) -> None:
    for version, state, mandatory in history:
        row(production, version, state, mandatory=mandatory)
    row(production, "9.0.0", rollout_bps=9000)
    view = on(production)["9.0.0"]
    assert (view.hurries, sorted(view.unhurried)) == (hurries, unhurried)


def test_a_mandatory_release_hurries_everybody_to_itself(production: Channel) -> None:
    row(production, "1.0.0", STATE.SUPERSEDED, mandatory=True)
    row(production, "9.0.0", mandatory=True)
    assert (on(production)["9.0.0"].hurries, on(production)["9.0.0"].unhurried) == (True, frozenset())


def test_a_paused_channel_knows_what_was_taken_back_and_is_not_there_again(production: Channel) -> None:
    row(production, "1.0.0", STATE.SUPERSEDED)
    row(production, "1.1.0", STATE.ROLLED_BACK)
    row(production, "1.2.0", STATE.ROLLED_BACK)
    row(production, "1.2.0")
    assert seen().channels["production"].taken_back == frozenset()
    Channel.objects.update(paused_at=clock.now())
    assert seen().channels["production"].taken_back == {"1.1.0"}


def test_overrides_hold_until_their_time_and_only_for_what_was_live_and_is_still_here(
    production: Channel,
) -> None:
    now = clock.now()
    beta = channel_made(production.app, "beta", public=False)
    once, never = row(beta, "1.0.0", STATE.ROLLED_BACK), row(beta, "1.1.0", STATE.DRAFT, live_seq=None)
    gone = row(beta, "1.2.0", STATE.SUPERSEDED)
    Bundle.objects.filter(pk=gone.bundle_id).update(removed_at=now)
    for device_id, hours, target in (
        ("to-channel", 1, {"channel": beta}),
        ("over", -1, {"channel": beta}),
        ("to-release", 1, {"release": once}),
        ("to-draft", 1, {"release": never}),
        ("to-removed", 1, {"release": gone}),
    ):
        DeviceOverride.objects.create(
            app=production.app,
            device_id=device_id,
            until=now + timedelta(hours=hours),
            reason="looking into it",
            created_at=now,
            **target,
        )
    overrides = seen().overrides
    assert {device: (o.channel_name, o.release and o.release.version) for device, o in overrides.items()} == {
        "to-channel": ("beta", None),
        "to-release": ("beta", "1.0.0"),
    }


def test_one_apps_part_is_the_same_as_in_the_whole_table(production: Channel) -> None:
    released(production, "1.0.0")
    ChannelMember.objects.create(channel=production, app=production.app, device_id="phone")
    channel_made(app_made("com.example.other"))
    assert app_view(production.app) == seen()
