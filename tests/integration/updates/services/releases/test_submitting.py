from datetime import timedelta

import pytest

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.releasing import drafted, found_in, frozen, sign_off_wanted, signed
from tests.support.shipping import bundle_made, recorded, released, standing
from updates.errors import (
    BundleGoneError,
    ChannelFrozenError,
    ChecksUnansweredError,
    ConflictError,
    ReleaseStateError,
)
from updates.models import Channel, Release
from updates.selectors.publish_checks import findings_of
from updates.services import (
    bundle_withdraw,
    release_change,
    release_publish,
    release_submit,
)


def submitted(release: Release, by: User | None = None) -> Release:
    return release_submit(release=release, actor=by.actor if by else SYSTEM, submitter=by)


def test_where_nothing_is_wanted_a_submitted_draft_is_live(production: Channel, rita: User) -> None:
    release = submitted(drafted(production, "1.0.0"), rita)
    assert (release.state, release.live_seq, release.published_by) == ("live", 1, rita)


def test_releases_lie_in_the_order_of_going_live(production: Channel) -> None:
    early = drafted(production, "1.0.0", rollout_bps=100)
    released(production, "1.1.0")
    assert (submitted(early).live_seq, early.release_seq) == (2, 1)


def test_a_release_waits_for_everybody_and_then_goes_live(
    production: Channel, rita: User, ansel: User, ada: User
) -> None:
    sign_off_wanted(production, 2)
    release = submitted(drafted(production, "1.0.0", rita), rita)
    assert release.state == "awaiting"
    assert recorded(Action.RELEASE_SUBMITTED)
    assert signed(release, ansel).state == "awaiting"
    live = signed(release, ada)
    assert (live.state, live.published_by) == ("live", rita)
    assert recorded(Action.RELEASE_PUBLISHED)[0].actor_id == str(ada.pk)


def test_publishing_asks_for_sign_offs_too(production: Channel) -> None:
    sign_off_wanted(production)
    assert released(production, "1.0.0").state == "awaiting"


def test_a_finding_is_answered_before_anything_is_published(production: Channel, rita: User) -> None:
    bundle = bundle_made(production.app, "1.0.0")
    found_in(bundle)
    with pytest.raises(ChecksUnansweredError):
        release_publish(channel=production, version="1.0.0", actor=SYSTEM)
    assert not Release.objects.exists()
    release = release_publish(
        channel=production, version="1.0.0", actor=rita.actor, publisher=rita, keeps_unanswered=True
    )
    assert release.state == "draft"
    (finding,) = findings_of(release)
    with pytest.raises(ChecksUnansweredError, match=finding.key):
        submitted(release)
    release_change(release=release, actor=rita.actor, check_answers={finding.key: "Open source anyway."})
    assert submitted(release).state == "live"


def test_an_answer_comes_with_the_publication(production: Channel) -> None:
    bundle = bundle_made(production.app, "1.0.0")
    found_in(bundle)
    (finding,) = findings_of(Release(app=production.app, channel=production, bundle=bundle))
    answers = {finding.key: "Open source anyway."}
    release = release_publish(channel=production, version="1.0.0", actor=SYSTEM, check_answers=answers)
    assert release.state == "live"


def test_nothing_goes_live_on_a_frozen_channel(production: Channel) -> None:
    bundle_made(production.app, "1.0.0")
    frozen(production)
    with pytest.raises(ChannelFrozenError, match="Schedule"):
        release_publish(channel=production, version="1.0.0", actor=SYSTEM)
    assert not Release.objects.exists()


def test_a_frozen_channel_takes_what_is_scheduled(production: Channel) -> None:
    ends = frozen(production)
    release = submitted(drafted(production, "1.0.0", scheduled_at=ends))
    assert (release.state, release.scheduled_at) == ("scheduled", ends)
    assert recorded(Action.RELEASE_SCHEDULED)[0].detail["scheduled_at"] == ends.isoformat()


def test_the_last_sign_off_in_a_freeze_schedules_for_its_end(
    production: Channel, rita: User, ansel: User
) -> None:
    sign_off_wanted(production)
    release = submitted(drafted(production, "1.0.0", rita), rita)
    ends = frozen(production)
    release = signed(release, ansel)
    assert (release.state, release.scheduled_at) == ("scheduled", ends)


def test_a_release_that_waited_for_signatures_keeps_its_time(
    production: Channel, rita: User, ansel: User
) -> None:
    sign_off_wanted(production)
    at = clock.now() + timedelta(hours=3)
    release = submitted(drafted(production, "1.0.0", rita, scheduled_at=at), rita)
    assert release.state == "awaiting"
    assert signed(release, ansel).state == "scheduled"


def test_what_became_impossible_while_it_waited_is_a_draft_again(
    production: Channel, rita: User, ansel: User
) -> None:
    sign_off_wanted(production)
    release = submitted(drafted(production, "1.0.0", rita), rita)
    production.sign_off_requirements.all().delete()
    released(production, "1.0.0")
    sign_off_wanted(production)
    release = signed(release, ansel)
    assert (release.state, "live on this channel already" in release.state_reason) == ("draft", True)
    assert recorded(Action.RELEASE_PUBLISH_FAILED)[0].outcome == "failed"


def test_what_is_live_already_is_not_submitted(production: Channel) -> None:
    released(production, "1.0.0")
    with pytest.raises(ConflictError, match="as release 1"):
        submitted(drafted(production, "1.0.0"))


def test_a_withdrawn_bundle_is_not_submitted(production: Channel) -> None:
    bundle = bundle_made(production.app, "1.0.0")
    bundle_withdraw(bundle=bundle, reason="", actor=SYSTEM)
    with pytest.raises(BundleGoneError, match="withdrawn"):
        submitted(drafted(production, "1.0.0"))


def test_a_removed_bundle_is_not_submitted(production: Channel) -> None:
    bundle = bundle_made(production.app, "1.0.0")
    bundle.removed_at = clock.now()
    bundle.save()
    with pytest.raises(BundleGoneError, match="removed"):
        submitted(drafted(production, "1.0.0"))


def test_only_a_draft_is_submitted(production: Channel) -> None:
    sign_off_wanted(production)
    release = submitted(drafted(production, "1.0.0"))
    with pytest.raises(ReleaseStateError, match="Only a draft"):
        submitted(release)
    assert standing(production) == {1: "awaiting"}
