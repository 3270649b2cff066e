from typing import Any

import pytest

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.releasing import drafted, sign_off_wanted, signed
from tests.support.shipping import bundle_made, channel_made, recorded, released
from updates.domain.release_state import ReleaseState
from updates.errors import InvalidValueError, NotFoundError, ReleaseStateError
from updates.models import Channel, Release
from updates.selectors.decision_table import decision_table_build
from updates.services import (
    release_change,
    release_discard,
    release_pause,
    release_submit,
)


def test_a_draft_is_nobodys_yet(production: Channel, rita: User) -> None:
    before = decision_table_build().version
    release = drafted(production, "1.0.0", rita, notes="Fixes", rollout_bps=500, mandatory=True)
    assert (release.state, release.author, release.published_at, release.live_seq) == (
        "draft",
        rita,
        None,
        None,
    )
    assert decision_table_build().version == before
    (event,) = recorded(Action.RELEASE_DRAFTED)
    assert (event.detail["version"], event.detail["rollout_bps"], event.detail["mandatory"]) == (
        "1.0.0",
        500,
        True,
    )
    assert "Fixes" not in str(event.detail)


def test_a_draft_may_be_of_a_version_that_is_live_and_be_of_another_later(production: Channel) -> None:
    released(production, "1.0.0")
    release = drafted(production, "1.0.0")
    bundle_made(production.app, "1.1.0")
    changed = release_change(release=release, version="1.1.0", actor=SYSTEM)
    assert changed.bundle.version == "1.1.0"


@pytest.mark.parametrize(
    ("audience", "targeted"),
    [
        pytest.param({"platforms": ["ios"]}, True, id="conditions"),
        pytest.param({"always": ["8f0f2f4e-0000-4000-8000-000000000001"]}, False, id="who is always in"),
        pytest.param({}, False, id="everybody"),
    ],
)
def test_a_release_for_some_is_not_full(
    production: Channel, audience: dict[str, Any], *, targeted: bool
) -> None:
    assert drafted(production, "1.0.0", audience=audience).is_full is not targeted


def test_an_attribute_that_the_app_does_not_list_is_no_condition(production: Channel) -> None:
    with pytest.raises(InvalidValueError, match="doesn't list"):
        drafted(production, "1.0.0", audience={"attributes": {"ward": ["a"]}})
    production.app.attributes = [{"name": "ward", "values": ["a"]}]
    production.app.save()
    assert drafted(production, "1.0.0", audience={"attributes": {"ward": ["a"]}}).targeted


def test_a_change_voids_what_was_signed(production: Channel, rita: User, ansel: User, ada: User) -> None:
    sign_off_wanted(production, 2)
    release = drafted(production, "1.0.0", rita)
    release_submit(release=release, actor=rita.actor, submitter=rita)
    assert signed(release, ansel).state == "awaiting"
    changed = release_change(release=release, actor=ada.actor, changer=ada, rollout_bps=100)
    assert (changed.state, changed.revision, changed.author) == ("draft", 2, ada)
    (void,) = recorded(Action.SIGN_OFFS_VOIDED)
    assert void.detail["sign_offs"] == 1
    (event,) = recorded(Action.RELEASE_CHANGED)
    assert (event.detail["changed"], event.actor_id) == (["rollout_bps"], str(ada.pk))


def test_a_change_by_a_machine_leaves_the_author_who_cannot_sign(production: Channel, rita: User) -> None:
    release = drafted(production, "1.0.0", rita)
    assert release_change(release=release, actor=SYSTEM, rollout_bps=100).author == rita


def test_what_stays_the_same_is_no_change(production: Channel, rita: User, ansel: User) -> None:
    sign_off_wanted(production, 2)
    release = drafted(production, "1.0.0", rita, rollout_bps=100)
    release_submit(release=release, actor=rita.actor)
    signed(release, ansel)
    same = release_change(release=release, actor=rita.actor, version="1.0.0", rollout_bps=100)
    assert (same.state, same.revision) == ("awaiting", 1)
    assert recorded(Action.SIGN_OFFS_VOIDED) == recorded(Action.RELEASE_CHANGED) == []


def test_impossible_changes_leave_the_draft_as_it_is(production: Channel) -> None:
    release = drafted(production, "1.0.0")
    with pytest.raises(InvalidValueError):
        release_change(release=release, actor=SYSTEM, rollout_bps=-1)
    with pytest.raises(NotFoundError):
        release_change(release=release, actor=SYSTEM, version="9.9.9")
    release.refresh_from_db()
    assert (release.revision, release.rollout_bps) == (1, 10_000)


# A release in each state, as far as its columns must be for that; how it got there is told elsewhere.
PUBLISHED = [state for state in ReleaseState if state.value not in {"draft", "awaiting", "scheduled"}]


@pytest.mark.parametrize("state", PUBLISHED)
def test_what_devices_saw_is_neither_changed_nor_discarded_nor_submitted(
    production: Channel, state: ReleaseState
) -> None:
    release = drafted(production, "1.0.0")
    Release.objects.filter(pk=release.pk).update(state=state.value, live_seq=1, published_at=clock.now())
    with pytest.raises(ReleaseStateError):
        release_change(release=release, actor=SYSTEM, rollout_bps=1)
    with pytest.raises(ReleaseStateError):
        release_discard(release=release, actor=SYSTEM)
    with pytest.raises(ReleaseStateError):
        release_submit(release=release, actor=SYSTEM)


def test_a_draft_is_given_up_for_good(production: Channel) -> None:
    release = release_discard(release=drafted(production, "1.0.0"), actor=SYSTEM, reason="Too early")
    assert (release.state, release.state_reason, release.ended_at is None) == (
        "discarded",
        "Too early",
        False,
    )
    assert recorded(Action.RELEASE_DISCARDED)
    with pytest.raises(ReleaseStateError):
        release_pause(release=release, actor=SYSTEM)


def test_a_promoted_release_says_where_it_comes_from(production: Channel) -> None:
    first = released(channel_made(production.app, "beta", public=False), "1.0.0")
    release = drafted(production, "1.0.0", promoted_from=first)
    assert (release.promoted_from, release.bundle) == (first, first.bundle)
    assert recorded(Action.RELEASE_DRAFTED)[-1].detail["promoted_from"] == first.release_seq
