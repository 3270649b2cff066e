import pytest

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.shipping import recorded, released, standing
from updates.errors import NotFoundError, NothingToRollBackError, ReleaseStateError
from updates.models import Channel, Device
from updates.selectors.decision_table import decision_table_build
from updates.selectors.releases import rollback_preview
from updates.services import Rollback, channel_roll_back


def roll_back(channel: Channel, to: str | None = None) -> Rollback:
    """Roll back, and make sure that the preview said exactly that before."""
    preview = rollback_preview(channel=channel, to=to)
    rollback = channel_roll_back(channel=channel, to=to, actor=SYSTEM)
    assert preview.rolled_back == rollback.rolled_back
    assert (preview.now_live, preview.serves_builtin) == (rollback.now_live, rollback.serves_builtin)
    return rollback


def served(channel: Channel) -> tuple[list[str], bool]:
    """What devices are offered, newest first, and whether the built-in bundle lies beneath."""
    view = decision_table_build().apps[channel.app_id].channels[channel.name]
    return [release.version for release in view.releases], view.serves_builtin


def test_a_full_release_gives_way_to_the_one_before(production: Channel) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0")
    rollback = roll_back(production)
    assert [release.bundle.version for release in rollback.rolled_back] == ["1.1.0"]
    assert rollback.now_live is not None
    assert rollback.now_live.bundle.version == "1.0.0"
    assert standing(production) == {1: "live", 2: "rolled_back"}
    assert served(production) == (["1.0.0"], False)


def test_a_partial_release_gives_way_to_the_full_one_beneath(production: Channel) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0", 1000)
    roll_back(production)
    assert served(production) == (["1.0.0"], False)


def test_the_only_release_gives_way_to_the_built_in_bundle(production: Channel) -> None:
    released(production, "1.0.0")
    rollback = roll_back(production)
    assert (rollback.now_live, rollback.serves_builtin) == (None, True)
    assert served(production) == ([], True)


def test_rolling_back_twice_goes_back_two_releases(production: Channel) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        released(production, version)
    roll_back(production)
    roll_back(production)
    assert standing(production) == {1: "live", 2: "rolled_back", 3: "rolled_back"}


def test_a_rolled_back_release_is_never_revived_by_itself(production: Channel) -> None:
    for version in ("1.0.0", "1.1.0"):
        released(production, version)
    roll_back(production)
    released(production, "1.2.0")
    roll_back(production)
    assert served(production) == (["1.0.0"], False)


def test_a_superseded_partial_release_is_never_revived(production: Channel) -> None:
    released(production, "1.0.0", 1000)
    released(production, "1.1.0", 1000)
    roll_back(production)
    assert served(production) == ([], True)


def test_a_version_is_gone_back_to_over_what_lies_between(production: Channel) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        released(production, version)
    released(production, "1.3.0", 1000)
    rollback = roll_back(production, "1.0.0")
    assert [release.bundle.version for release in rollback.rolled_back] == ["1.3.0", "1.2.0"]
    assert standing(production) == {1: "live", 2: "rolled_back", 3: "rolled_back", 4: "rolled_back"}


def test_what_a_rollback_passed_over_is_not_revived_by_a_later_one(production: Channel) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        released(production, version)
    roll_back(production, "1.0.0")
    released(production, "1.3.0")
    roll_back(production)
    assert served(production) == (["1.0.0"], False)


def test_the_full_release_beneath_can_be_named(production: Channel) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0", 1000)
    roll_back(production, "1.0.0")
    assert standing(production) == {1: "live", 2: "rolled_back"}


def test_a_release_that_was_rolled_back_can_be_gone_back_to_by_name(production: Channel) -> None:
    released(production, "1.0.0")
    roll_back(production)
    released(production, "1.1.0")
    roll_back(production, "1.0.0")
    assert served(production) == (["1.0.0"], False)


def test_the_built_in_bundle_is_gone_back_to_over_everything(production: Channel) -> None:
    for version in ("1.0.0", "1.1.0"):
        released(production, version)
    released(production, "1.2.0", 1000)
    roll_back(production, "builtin")
    assert set(standing(production).values()) == {"rolled_back"}
    assert served(production) == ([], True)


@pytest.mark.parametrize(
    "version",
    [
        pytest.param("1.1.0", id="what is live"),
        pytest.param("1.2.0", id="what was rolled back from there"),
    ],
)
def test_a_rollback_never_goes_forward(production: Channel, version: str) -> None:
    for newer in ("1.0.0", "1.1.0", "1.2.0"):
        released(production, newer)
    roll_back(production)
    with pytest.raises(ReleaseStateError, match="Publish it"):
        channel_roll_back(channel=production, to=version, actor=SYSTEM)
    assert served(production) == (["1.1.0"], False)


def test_a_rollback_never_goes_forward_from_beneath_a_rollout_either(production: Channel) -> None:
    for version in ("1.0.0", "1.1.0"):
        released(production, version)
    roll_back(production)
    released(production, "1.2.0", 1000)
    with pytest.raises(ReleaseStateError):
        channel_roll_back(channel=production, to="1.1.0", actor=SYSTEM)


@pytest.mark.parametrize("version", ["9.9.9", "1.1.0"])
def test_only_a_version_that_was_here_in_full_can_be_gone_back_to(production: Channel, version: str) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0", 1000)
    released(production, "1.2.0")
    with pytest.raises(NotFoundError):
        channel_roll_back(channel=production, to=version, actor=SYSTEM)


@pytest.mark.parametrize("to", [None, "builtin", "1.0.0"])
def test_nothing_live_is_nothing_to_roll_back(production: Channel, to: str | None) -> None:
    with pytest.raises(NothingToRollBackError):
        channel_roll_back(channel=production, to=to, actor=SYSTEM)
    production.refresh_from_db()
    assert (production.decision_seq, production.serves_builtin) == (1, False)


def test_a_rollback_is_on_record(production: Channel, rita: User) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0")
    channel_roll_back(channel=production, to=None, actor=rita.actor)
    (event,) = recorded(Action.RELEASE_ROLLED_BACK)
    assert (event.actor_id, event.object_id) == (str(rita.pk), "production")
    assert event.detail == {
        "rolled_back": [{"release_seq": 2, "version": "1.1.0"}],
        "passed_over": [],
        "now_live": 1,
        "serves_builtin": False,
        "decision_seq": 4,
    }


def test_ends_are_dated_and_a_revived_release_has_none(production: Channel) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0")
    assert ended(production) == [True, False]
    roll_back(production)
    assert ended(production) == [False, True]


def ended(channel: Channel) -> list[bool]:
    ends = channel.releases.order_by("release_seq").values_list("ended_at", flat=True)
    return [end is not None for end in ends]


def test_the_preview_counts_the_devices_that_would_be_sent_back(production: Channel) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0")
    now = clock.now()
    for number, (version, channel) in enumerate([
        ("1.1.0", "production"),
        ("1.1.0", "production"),
        ("1.0.0", "production"),
        ("1.1.0", "beta"),
    ]):
        Device.objects.create(
            app=production.app,
            device_id=f"phone-{number}",
            version=version,
            channel_name=channel,
            first_seen_at=now,
            last_seen_at=now,
        )
    assert rollback_preview(channel=production, to=None).devices == 2


def test_devices_that_would_hold_are_counted(production: Channel) -> None:
    released(production, "1.0.0")
    for number, has_way_back in enumerate((True, False, True)):
        Device.objects.create(
            app=production.app,
            device_id=f"phone-{number}",
            version="1.0.0",
            channel_name="production",
            first_seen_at=clock.now(),
            last_seen_at=clock.now(),
            has_way_back=has_way_back,
        )
    assert rollback_preview(channel=production, to="builtin").without_way_back == 1
    released(production, "1.1.0")
    assert rollback_preview(channel=production, to=None).without_way_back == 0
