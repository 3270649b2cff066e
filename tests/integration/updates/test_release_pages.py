"""The pages of a release's life: what people type, what they are told, who is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.roles import Permission
from accounts.models import User
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from tests.support.actors import granted
from tests.support.people import signed_in
from tests.support.releasing import drafted, found_in, frozen, reported, sign_off_wanted
from tests.support.shipping import APP_ID, app_made, bundle_made, channel_made, released, standing
from updates.domain.decision import DecisionKind
from updates.models import App, Channel, Device, Release
from updates.selectors.device_decision import device_decision
from updates.selectors.publish_checks import findings_of
from updates.services import channel_roll_back


@pytest.fixture
def production(db: None) -> Channel:
    return channel_made(app_made())


@pytest.fixture
def rita_there(rita: User) -> Client:
    return signed_in(rita)


def address(name: str, *where: object) -> str:
    return reverse(f"updates:{name}", args=[APP_ID, *where])


def publish(browser: Client, version: str = "1.0.0", **typed: Any) -> Any:
    fields = {"version": version, "rollout_percent": "100"} | typed
    return browser.post(address("release-new", "production"), fields, follow=True)


def devices_of(app: App, **counts: int) -> None:
    """Devices of the channel, so many on each platform."""
    now = clock.now()
    Device.objects.bulk_create(
        Device(
            app=app,
            device_id=f"{platform}-{number}",
            platform=platform,
            channel_name="production",
            native_version="2.0.0",
            first_seen_at=now,
            last_seen_at=now,
        )
        for platform, count in counts.items()
        for number in range(count)
    )


def test_a_release_is_published_with_all_that_the_form_offers(
    rita_there: Client, production: Channel
) -> None:
    bundle_made(production.app, "1.0.0")
    in_two_days = clock.now() + timedelta(days=2)
    page = publish(
        rita_there,
        pace="careful",
        platforms=["ios"],
        os_min="16",
        native_builds="2.0.0, 2.1.0",
        always="8F0F2F4E-0000-4000-8000-000000000001",
        scheduled=f"{in_two_days:%Y-%m-%dT09:00}",
        scheduled_zone="Asia/Tokyo",
        spread_minutes="90",
        mandatory="on",
        notes="**Faster**",
        reason="Ticket 42",
    )
    release = Release.objects.get()
    assert "goes live on production at its time" in page.content.decode()
    assert (release.state, release.rollout_bps, len(release.plan)) == ("scheduled", 100, 4)
    assert release.audience == {
        "platforms": ["ios"],
        "os_min": "16",
        "native_builds": ["2.0.0", "2.1.0"],
        "always": ["8f0f2f4e-0000-4000-8000-000000000001"],
    }
    assert release.scheduled_at == datetime(in_two_days.year, in_two_days.month, in_two_days.day, tzinfo=UTC)
    assert (release.scheduled_zone, release.spread_minutes, release.mandatory) == ("Asia/Tokyo", 90, True)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        pytest.param({"pace": "own", "own_plan": "ten percent"}, "isn&#x27;t a step", id="no step"),
        pytest.param(
            {"pace": "own", "own_plan": "10\n5"}, "greater than the one before", id="a falling plan"
        ),
        pytest.param(
            {"scheduled": "2027-03-28T02:30", "scheduled_zone": "Europe/Berlin"},
            "skip 02:30",
            id="no such hour",
        ),
        pytest.param({"scheduled": "2020-01-01T09:00"}, "time to come", id="in the past"),
        pytest.param({"always": "?"}, "device id", id="no device"),
        pytest.param({"os_min": "new"}, "native version", id="no version of a system"),
    ],
)
def test_what_cannot_be_is_said_in_the_form(
    rita_there: Client, production: Channel, typed: dict[str, str], says: str
) -> None:
    bundle_made(production.app, "1.0.0")
    page = publish(rita_there, **typed)
    assert says in page.content.decode()
    assert not Release.objects.exists()


def test_an_open_finding_keeps_a_draft_that_asks_for_the_answer(
    rita_there: Client, production: Channel
) -> None:
    found_in(bundle_made(production.app, "1.0.0"))
    page = publish(rita_there)
    release = Release.objects.get()
    (finding,) = findings_of(release)
    assert release.state == "draft"
    assert f'name="{finding.key}"' in page.content.decode()
    assert address("release-submit", 1) not in page.content.decode()
    answered = rita_there.post(
        address("release-answers", 1), {finding.key: "Open source anyway."}, follow=True
    )
    assert address("release-submit", 1) in answered.content.decode()
    rita_there.post(address("release-submit", 1))
    assert standing(production) == {1: "live"}


def test_a_draft_is_kept_changed_and_given_up(rita_there: Client, production: Channel) -> None:
    sign_off_wanted(production)
    for version in ("1.0.0", "1.1.0"):
        bundle_made(production.app, version)
    publish(rita_there, draft="yes", pace="own", own_plan="5, 12, 98, 50\n100")
    shown = rita_there.get(address("release-change", 1)).content.decode()
    assert "5, 12, 98, 50\n100, 0, 0, 0" in shown
    changed = {"version": "1.1.0", "rollout_percent": "30", "pace": "share"}
    page = rita_there.post(address("release-change", 1), changed, follow=True)
    release = Release.objects.get()
    assert "It&#x27;s a draft until you submit it" in page.content.decode()
    assert (release.bundle.version, release.rollout_bps, release.plan, release.revision) == (
        "1.1.0",
        3000,
        [],
        2,
    )
    rita_there.post(address("release-discard", 1), {"reason": "Too early"})
    release.refresh_from_db()
    assert (release.state, release.state_reason) == ("discarded", "Too early")
    assert (
        "isn&#x27;t changed any more"
        in rita_there.get(address("release-change", 1), follow=True).content.decode()
    )


def test_the_form_counts_whom_it_reaches_as_it_is(rita_there: Client, production: Channel) -> None:
    devices_of(production.app, ios=80, android=20)
    bundle_made(production.app, "1.0.0")
    typed = {"version": "1.0.0", "rollout_percent": "25", "platforms": ["ios"], "spread_minutes": "10"}
    reach = rita_there.post(address("release-reach", "production"), typed)
    told = " ".join(reach.content.decode().split())
    assert "<dd>80</dd>" in told
    assert "<dd>20</dd>" in told
    assert "/s for 10 min" in told
    assert "no-store" in reach["Cache-Control"]
    unread = rita_there.post(address("release-reach", "production"), typed | {"os_min": "new"})
    assert "as soon as" in unread.content.decode()


@pytest.mark.parametrize(
    ("rolled_back", "says", "kind"),
    [
        pytest.param(False, "the other devices keep what they run", DecisionKind.HOLD, id="empty"),
        pytest.param(
            True, "the other devices stay on the built-in bundle", DecisionKind.BUILTIN, id="back on built-in"
        ),
    ],
)
def test_a_partial_release_on_an_empty_channel_does_what_the_page_says(
    rita_there: Client, production: Channel, says: str, kind: DecisionKind, *, rolled_back: bool
) -> None:
    devices_of(production.app, ios=1)
    Device.objects.update(version="0.9.0", version_at=clock.now(), is_production=True)
    if rolled_back:
        released(production, "1.0.0")
        channel_roll_back(channel=production, to=None, actor=SYSTEM)
    drafted(production, "1.1.0", rollout_bps=0)
    form = rita_there.get(address("release-new", "production")).content.decode()
    assert says in " ".join(form.split())
    page = rita_there.get(address("release", Release.objects.get(state="draft").release_seq))
    assert says.removeprefix("the other devices ") in page.content.decode()
    publish(rita_there, "1.1.0", rollout_percent="0")
    told = device_decision(app=production.app, device=Device.objects.get(), asks=None)
    assert told.decision.kind is kind


def test_a_release_is_stopped_and_goes_on_by_its_buttons(rita_there: Client, production: Channel) -> None:
    released(production, "1.0.0", 1000)
    rita_there.post(address("release-pause", 1), {"reason": "Odd"})
    assert standing(production) == {1: "paused"}
    assert "Odd" in rita_there.get(address("release", 1)).content.decode()
    rita_there.post(address("release-resume", 1))
    rita_there.post(address("release-pause", 1), {"halt": "yes"})
    assert standing(production) == {1: "halted"}
    frozen(production)
    page = rita_there.post(address("release-resume", 1), follow=True)
    assert "production is frozen until" in page.content.decode()
    assert standing(production) == {1: "halted"}


def test_a_rollout_goes_on_by_a_plan(rita_there: Client, production: Channel) -> None:
    released(production, "1.0.0", 500)
    page = rita_there.post(address("release-rollout", 1), {"plan": "swift"}, follow=True).content.decode()
    assert [step["bps"] for step in Release.objects.get().plan] == [500, 1000, 5000, 10_000]
    assert "step 1 of 4" in page
    assert "within seconds" in page


def test_a_release_is_promoted_with_what_belongs_to_its_bundle(
    rita_there: Client, production: Channel
) -> None:
    beta = channel_made(production.app, "beta", public=False)
    source = drafted(beta, "1.0.0", notes="Faster", native_min="2.0", rollout_bps=500)
    page = rita_there.get(address("release", 1)).content.decode()
    promote = f"{address('release-new', 'production')}?promote=1"
    assert promote in page
    shown = rita_there.get(promote).content.decode()
    assert "Faster" in shown
    rita_there.post(promote, {"version": "1.0.0", "rollout_percent": "100", "native_min": "2.0"})
    promoted = Release.objects.get(channel=production)
    assert (promoted.promoted_from, promoted.state, promoted.rollout_bps) == (source, "live", 10_000)


def test_a_release_of_a_hidden_channel_is_not_promoted(production: Channel, olaf: User) -> None:
    beta = channel_made(production.app, "beta", public=False)
    released(beta, "1.0.0")
    granted(olaf, Permission.APP_VIEW, APP_ID, "production")
    granted(olaf, Permission.RELEASE_PUBLISH, APP_ID, "production")
    answer = signed_in(olaf).get(f"{address('release-new', 'production')}?promote=1")
    assert answer.status_code == 404


def test_one_release_is_rolled_back_from_its_page(rita_there: Client, production: Channel) -> None:
    for version, share in (("1.0.0", 10_000), ("1.1.0", 2000), ("1.1.1", 500)):
        released(production, version, share)
    where = address("channel-rollback", "production")
    shown = " ".join(rita_there.get(f"{where}?only=2").content.decode().split())
    assert '<span class="rc-mono">1.1.1</span> stays on top of it' in shown
    production.refresh_from_db()
    rita_there.post(where, {"only": "2", "decision_seq": str(production.decision_seq), "reason": "Wrong one"})
    assert standing(production) == {1: "live", 2: "rolled_back", 3: "live"}


def test_the_confirmation_counts_the_devices_of_every_channel(
    rita_there: Client, production: Channel
) -> None:
    beta = channel_made(production.app, "beta", public=False)
    for channel in (production, beta):
        released(channel, "1.0.0")
    devices_of(production.app, ios=3)
    Device.objects.update(version="1.0.0")
    Device.objects.filter(device_id="ios-0").update(channel_name="beta")
    where = address("channel-rollback", "production")
    shown = " ".join(rita_there.get(f"{where}?withdraw=on").content.decode().split())
    assert "<strong>2</strong> devices last reported" in shown
    assert "<strong>beta</strong> too, where 1 device last reported it" in shown
    rita_there.post(where, {"withdraw": "on", "decision_seq": str(production.decision_seq + 1)})
    assert standing(beta) == {2: "withdrawn"}
    assert standing(production) == {1: "withdrawn"}


def test_who_may_roll_back_one_channel_only_withdraws_nothing(production: Channel, olaf: User) -> None:
    released(production, "1.0.0")
    granted(olaf, Permission.APP_VIEW, APP_ID, "production")
    granted(olaf, Permission.RELEASE_ROLL_BACK, APP_ID, "production")
    browser, where = signed_in(olaf), address("channel-rollback", "production")
    assert "Compromised" not in browser.get(where).content.decode()
    answer = browser.post(where, {"withdraw": "on", "decision_seq": "2"})
    assert answer.status_code == 403
    assert standing(production) == {1: "live"}


def test_a_release_that_is_on_no_channel_is_withdrawn_from_its_page(
    rita_there: Client, production: Channel
) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0")
    page = rita_there.post(address("release-withdraw", 1), {"reason": "A secret inside"}, follow=True)
    assert "1.0.0 is withdrawn everywhere" in page.content.decode()
    assert standing(production) == {1: "withdrawn", 2: "live"}
    again = rita_there.post(address("release-withdraw", 1), follow=True)
    assert "withdrawn already" in again.content.decode()


def test_a_page_says_who_did_what_to_this_release_and_not_to_another_apps(
    rita_there: Client, production: Channel
) -> None:
    other = channel_made(app_made("com.example.other"))
    released(other, "1.0.0")
    publish_to = bundle_made(production.app, "1.0.0")
    publish(rita_there, publish_to.version)
    page = rita_there.get(address("release", 1)).content.decode()
    assert page.count("published a release") == 1
    assert "The console" not in page


def test_figures_show_why_it_failed(rita_there: Client, production: Channel) -> None:
    reported(released(production, "1.0.0"), installed=3, failed=1)
    part = rita_there.get(address("release-figures", 1)).content.decode()
    assert "was taken back" in part
    assert "3 of 4 that reported" in part


def test_a_draft_shows_its_notes_the_difference_and_whom_it_would_reach_today(
    rita_there: Client, production: Channel
) -> None:
    devices_of(production.app, ios=3, android=1)
    released(production, "1.0.0")
    for_ios = {"platforms": ["ios"]}
    notes = "Sends **letters**. <b>Now.</b>"
    release = drafted(production, "1.1.0", notes=notes, rollout_bps=5000, audience=for_ios)
    page = rita_there.get(address("release", release.release_seq)).content.decode()
    assert "Sends <strong>letters</strong>. &lt;b&gt;Now.&lt;/b&gt;" in page
    assert reverse("updates:bundle-compare", args=[APP_ID, "1.1.0", "1.0.0"]) in page
    assert "3 of the channel's 4 devices, at first about 1 of them" in page


def test_the_start_page_lists_what_waits_on_channels_that_are_open_to_somebody(
    rita_there: Client, production: Channel, olaf: User
) -> None:
    release = drafted(production, "1.1.0")
    where = address("release", release.release_seq)
    assert where in rita_there.get(reverse("admin:index")).content.decode()
    other = channel_made(production.app, "beta", public=False)
    granted(olaf, Permission.APP_VIEW, APP_ID, other.name)
    assert where not in signed_in(olaf).get(reverse("admin:index")).content.decode()
