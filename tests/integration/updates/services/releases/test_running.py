import pytest

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from tests.support.releasing import drafted, found_in, frozen, sign_off_wanted, signed
from tests.support.shipping import channel_made, recorded, released, standing
from updates.errors import (
    BundleGoneError,
    ChannelFrozenError,
    ChecksUnansweredError,
    ReleaseStateError,
    SignOffMissingError,
)
from updates.models import Channel, Release
from updates.services import (
    channel_roll_back,
    release_halt,
    release_pause,
    release_publish,
    release_resume,
    release_rollout_set,
)


def decision_seq(channel: Channel) -> int:
    channel.refresh_from_db()
    return channel.decision_seq


def paused(release: Release) -> Release:
    return release_pause(release=release, actor=SYSTEM, reason="Looks odd")


def halted(release: Release) -> Release:
    return release_halt(release=release, actor=SYSTEM, reason="Too many failures")


def test_a_paused_release_stays_on_the_channel_and_goes_on(production: Channel) -> None:
    release = paused(released(production, "1.0.0"))
    assert (release.state, release.state_reason, release.ended_at) == ("paused", "Looks odd", None)
    assert decision_seq(production) == 3
    resumed = release_resume(release=release, actor=SYSTEM)
    assert (resumed.state, resumed.state_reason, decision_seq(production)) == ("live", "", 4)
    assert [event.detail["version"] for event in recorded(Action.RELEASE_PAUSED)] == ["1.0.0"]
    assert recorded(Action.RELEASE_RESUMED)[0].detail["before"] == "paused"


def test_a_halted_release_needs_what_publishing_needed_anew(
    production: Channel, rita: User, ansel: User
) -> None:
    sign_off_wanted(production)
    release = signed(released(production, "1.0.0", publisher=rita), ansel)
    release = halted(release)
    assert (release.state, release.revision) == ("halted", 2)
    with pytest.raises(SignOffMissingError, match="1 by anyone"):
        release_resume(release=release, actor=rita.actor)
    signed(release, ansel)
    assert release_resume(release=release, actor=rita.actor).state == "live"


def test_a_paused_release_goes_on_without_new_signatures(
    production: Channel, rita: User, ansel: User
) -> None:
    sign_off_wanted(production)
    release = paused(signed(released(production, "1.0.0", publisher=rita), ansel))
    assert release_resume(release=release, actor=rita.actor).state == "live"


def test_a_rollback_is_no_way_round_signing_a_halted_release_anew(
    production: Channel, rita: User, ansel: User
) -> None:
    sign_off_wanted(production)
    release = halted(signed(released(production, "1.0.0", publisher=rita), ansel))
    signed(released(production, "1.1.0", publisher=rita), ansel)
    assert standing(production) == {1: "superseded", 2: "live"}
    rollback = channel_roll_back(channel=production, to=None, actor=rita.actor)
    assert (rollback.now_live, rollback.serves_builtin) == (None, True)
    release.refresh_from_db()
    assert release.state != "live"


def test_a_release_that_went_on_after_a_halt_is_gone_back_to(production: Channel) -> None:
    release = release_resume(release=halted(released(production, "1.0.0")), actor=SYSTEM)
    released(production, "1.1.0")
    channel_roll_back(channel=production, to=None, actor=SYSTEM)
    release.refresh_from_db()
    assert release.state == "live"


def test_a_halted_release_answers_what_checks_found_since(production: Channel) -> None:
    release = halted(released(production, "1.0.0"))
    found_in(release.bundle)
    with pytest.raises(ChecksUnansweredError):
        release_resume(release=release, actor=SYSTEM)


def test_stopping_needs_no_thaw_and_going_on_does(production: Channel) -> None:
    release = released(production, "1.0.0")
    frozen(production)
    release = halted(paused(release))
    with pytest.raises(ChannelFrozenError):
        release_resume(release=release, actor=SYSTEM)
    production.freezes.all().delete()
    assert release_resume(release=release, actor=SYSTEM).state == "live"


def test_a_removed_bundle_does_not_go_on(production: Channel) -> None:
    release = paused(released(production, "1.0.0"))
    release.bundle.removed_at = release.published_at
    release.bundle.save(update_fields=["removed_at"])
    with pytest.raises(BundleGoneError):
        release_resume(release=release, actor=SYSTEM)


def test_only_what_is_on_a_channel_is_stopped(production: Channel) -> None:
    for release in (drafted(production, "1.0.0"), released(production, "1.1.0")):
        if release.state == "draft":
            with pytest.raises(ReleaseStateError):
                paused(release)
        else:
            with pytest.raises(ReleaseStateError, match="Only a paused or halted"):
                release_resume(release=release, actor=SYSTEM)
    with pytest.raises(ReleaseStateError):
        paused(halted(released(production, "1.2.0")))


def test_a_paused_release_has_no_rollout(production: Channel) -> None:
    release = paused(released(production, "1.0.0", 1000))
    with pytest.raises(ReleaseStateError):
        release_rollout_set(release=release, rollout_bps=2000, actor=SYSTEM)


def test_a_full_release_supersedes_what_is_stopped_too(production: Channel) -> None:
    paused(released(production, "1.0.0"))
    halted(released(production, "1.1.0", 1000))
    released(production, "1.2.0")
    assert standing(production) == {1: "superseded", 2: "superseded", 3: "live"}


def test_a_rollout_is_lowered_in_a_freeze_but_not_raised(production: Channel) -> None:
    release = released(production, "1.0.0", 1000)
    frozen(production)
    assert release_rollout_set(release=release, rollout_bps=500, actor=SYSTEM).rollout_bps == 500
    with pytest.raises(ChannelFrozenError):
        release_rollout_set(release=release, rollout_bps=1000, actor=SYSTEM)


def test_a_targeted_release_for_all_of_its_audience_lies_on_top(production: Channel) -> None:
    released(production, "1.0.0")
    drafted(production, "1.1.0")
    release_publish(channel=production, version="1.1.0", audience={"platforms": ["ios"]}, actor=SYSTEM)
    assert standing(production) == {1: "live", 2: "draft", 3: "live"}


def test_a_release_raised_to_all_clears_the_way_on_its_own_channel_only(production: Channel) -> None:
    beta = channel_made(production.app, "beta", public=False)
    released(beta, "1.0.0")
    partial = released(production, "1.0.0", 1000)
    release_rollout_set(release=partial, rollout_bps=10_000, actor=SYSTEM)
    assert standing(beta) == {1: "live"}
