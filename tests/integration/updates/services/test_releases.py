from functools import partial
from typing import Any

import pytest

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from tests.support.at_once import at_once
from tests.support.shipping import app_made, bundle_made, channel_made, recorded, released, standing
from updates.errors import ConflictError, InvalidValueError, NotFoundError, ReleaseStateError
from updates.models import App, Channel, Release
from updates.selectors.decision_table import decision_table_build
from updates.services import channel_roll_back, release_publish, release_rollout_set


def decision_seq(channel: Channel) -> int:
    channel.refresh_from_db()
    return channel.decision_seq


def test_a_release_is_live_and_on_record(production: Channel, rita: User) -> None:
    bundle = bundle_made(production.app, "1.0.0")
    release = release_publish(
        channel=production,
        version="1.0.0",
        native_min="2",
        native_max="3.1",
        notes="Fixes",
        actor=rita.actor,
        publisher=rita,
    )
    assert (release.release_seq, release.state, release.published_by) == (1, "live", rita)
    assert len(release.rollout_salt) == 32
    (event,) = recorded(Action.RELEASE_PUBLISHED)
    assert (event.object_id, event.actor_id) == ("1", str(rita.pk))
    assert event.detail["bundle_sha256"] == bundle.archive_id
    assert "Fixes" not in str(event.detail)


def test_a_full_release_supersedes_everything_live(production: Channel) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0", 1000)
    released(production, "1.2.0")
    assert standing(production) == {1: "superseded", 2: "superseded", 3: "live"}


def test_a_partial_release_lies_on_top_of_the_full_one(production: Channel) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0", 1000)
    assert standing(production) == {1: "live", 2: "live"}


def test_a_hotfix_that_reaches_as_far_supersedes_only_the_rollout(production: Channel) -> None:
    released(production, "1.0.0")
    rollout = released(production, "1.1.0", 1000)
    hotfix = released(production, "1.1.1", 1000)
    assert standing(production) == {1: "live", 2: "superseded", 3: "live"}
    assert hotfix.rollout_salt == rollout.rollout_salt


def test_a_hotfix_that_reaches_less_leaves_the_rollout_to_the_others(production: Channel) -> None:
    released(production, "1.0.0")
    rollout = released(production, "1.1.0", 1000)
    hotfix = released(production, "1.1.1", 500)
    assert standing(production) == {1: "live", 2: "live", 3: "live"}
    assert hotfix.rollout_salt == rollout.rollout_salt
    release_rollout_set(release=hotfix, rollout_bps=1000, actor=SYSTEM)
    assert standing(production) == {1: "live", 2: "superseded", 3: "live"}


def test_a_release_after_a_rollout_has_an_order_of_its_own(production: Channel) -> None:
    full = released(production, "1.0.0")
    rollout = released(production, "1.1.0", 1000)
    assert rollout.rollout_salt != full.rollout_salt
    release_rollout_set(release=rollout, rollout_bps=10_000, actor=SYSTEM)
    assert released(production, "1.2.0", 1000).rollout_salt != rollout.rollout_salt


def test_release_numbers_run_through_the_app(production: Channel) -> None:
    beta = channel_made(production.app, "beta", public=False)
    numbers = [released(channel, "1.0.0").release_seq for channel in (production, beta)]
    assert numbers == [1, 2]


def test_every_change_of_what_is_served_raises_decision_seq_and_the_tables_version(
    production: Channel,
) -> None:
    versions = [decision_table_build().version]
    release = released(production, "1.0.0", 1000)
    versions.append(decision_table_build().version)
    release_rollout_set(release=release, rollout_bps=2000, actor=SYSTEM)
    versions.append(decision_table_build().version)
    channel_roll_back(channel=production, to=None, actor=SYSTEM)
    versions.append(decision_table_build().version)
    assert decision_seq(production) == 4
    assert versions == sorted(set(versions))


def test_a_version_without_a_bundle_cannot_be_published(production: Channel) -> None:
    bundle_made(app_made("com.example.other"), "1.0.0")
    with pytest.raises(NotFoundError, match=r"has no bundle 1\.0\.0"):
        release_publish(channel=production, version="1.0.0", actor=SYSTEM)


def test_a_version_that_is_live_is_not_published_again(production: Channel) -> None:
    released(production, "1.0.0")
    with pytest.raises(ConflictError, match="as release 1"):
        released(production, "1.0.0", 5000)
    assert decision_seq(production) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"rollout_bps": -1}, id="less than nobody"),
        pytest.param({"rollout_bps": 10_001}, id="more than all"),
        pytest.param({"native_min": "banana"}, id="no version"),
        pytest.param({"native_min": "3", "native_max": "2"}, id="bounds crossed"),
    ],
)
def test_impossible_terms_are_refused(production: Channel, wrong: dict[str, Any]) -> None:
    bundle_made(production.app, "1.0.0")
    with pytest.raises(InvalidValueError):
        release_publish(channel=production, version="1.0.0", actor=SYSTEM, **wrong)
    assert not Release.objects.exists()


def test_a_partial_release_raised_to_all_supersedes_the_full_one(production: Channel) -> None:
    released(production, "1.0.0")
    partial = released(production, "1.1.0", 1000)
    raised = release_rollout_set(release=partial, rollout_bps=10_000, actor=SYSTEM)
    assert raised.rollout_bps == 10_000
    assert standing(production) == {1: "superseded", 2: "live"}
    (event,) = recorded(Action.RELEASE_ROLLOUT_CHANGED)
    assert (event.detail["channel"], event.detail["before"], event.detail["after"]) == (
        "production",
        1000,
        10_000,
    )


def test_a_partial_release_can_be_lowered(production: Channel) -> None:
    partial = released(production, "1.1.0", 1000)
    assert release_rollout_set(release=partial, rollout_bps=0, actor=SYSTEM).rollout_bps == 0


def test_the_same_share_again_changes_nothing(production: Channel) -> None:
    partial = released(production, "1.1.0", 1000)
    release_rollout_set(release=partial, rollout_bps=1000, actor=SYSTEM)
    assert decision_seq(production) == 2
    assert recorded(Action.RELEASE_ROLLOUT_CHANGED) == []


def test_a_full_release_is_not_lowered_but_rolled_back(production: Channel) -> None:
    full = released(production, "1.0.0")
    with pytest.raises(ReleaseStateError, match="roll it back"):
        release_rollout_set(release=full, rollout_bps=5000, actor=SYSTEM)


def test_only_a_live_release_has_a_rollout(production: Channel) -> None:
    first = released(production, "1.0.0", 1000)
    released(production, "1.1.0")
    with pytest.raises(ReleaseStateError):
        release_rollout_set(release=first, rollout_bps=2000, actor=SYSTEM)


def test_a_full_publication_ends_serving_the_built_in_bundle(production: Channel) -> None:
    released(production, "1.0.0")
    channel_roll_back(channel=production, to="builtin", actor=SYSTEM)
    released(production, "1.1.0")
    production.refresh_from_db()
    assert not production.serves_builtin


def test_a_partial_publication_leaves_the_built_in_bundle_beneath(production: Channel) -> None:
    released(production, "1.0.0")
    channel_roll_back(channel=production, to="builtin", actor=SYSTEM)
    partial = released(production, "1.1.0", 100)
    production.refresh_from_db()
    assert production.serves_builtin
    release_rollout_set(release=partial, rollout_bps=10_000, actor=SYSTEM)
    production.refresh_from_db()
    assert not production.serves_builtin


@pytest.mark.django_db(transaction=True)
def test_concurrent_publications_get_numbers_of_their_own_and_leave_one_full_release() -> None:
    app = app_made()
    channels = [channel_made(app, name, public=False) for name in ("a", "b")]
    versions = [f"1.{minor}.0" for minor in range(4)]
    for version in versions:
        bundle_made(app, version)
    at_once([
        partial(release_publish, channel=channel, version=version, actor=SYSTEM)
        for channel in channels
        for version in versions
    ])
    app.refresh_from_db()
    numbers = sorted(Release.objects.values_list("release_seq", flat=True))
    assert numbers == list(range(1, 9))
    assert app.last_release_seq == 8
    for channel in channels:
        assert list(standing(channel).values()).count("live") == 1
        assert decision_seq(channel) == 5
    assert decision_table_build().apps[app.pk].channels["a"].decision_seq == 5


def test_app_numbers_are_not_shared_between_apps(production: Channel) -> None:
    other: App = app_made("com.example.other")
    released(production, "1.0.0")
    assert released(channel_made(other), "1.0.0").release_seq == 1
