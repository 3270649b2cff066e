import pytest

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from tests.support.releasing import drafted
from tests.support.shipping import (
    app_made,
    bundle_made,
    channel_made,
    recorded,
    released,
    standing,
    upload_file,
    zip_of,
)
from updates.errors import BundleGoneError, NothingToRollBackError
from updates.models import Channel, Release
from updates.selectors.decision_table import decision_table_build
from updates.selectors.releases import rollback_preview
from updates.services import (
    bundle_upload,
    bundle_withdraw,
    channel_roll_back,
    release_pause,
    release_roll_back,
)


@pytest.fixture
def beta(production: Channel) -> Channel:
    return channel_made(production.app, "beta", public=False)


def test_a_compromised_release_goes_from_every_channel_in_one_movement(
    production: Channel, beta: Channel, rita: User
) -> None:
    released(production, "1.0.0")
    released(beta, "1.0.0")
    for channel in (production, beta):
        released(channel, "1.1.0")
    waiting = drafted(production, "1.1.0")
    preview = rollback_preview(channel=production, to=None, withdraw=True)
    assert [release.channel.name for release in preview.elsewhere] == ["beta"]
    rollback = channel_roll_back(
        channel=production, to=None, actor=rita.actor, reason="Stolen key", withdraw=True
    )
    assert [release.state for release in rollback.rolled_back] == ["withdrawn"]
    assert standing(production) == {1: "live", 3: "withdrawn", waiting.release_seq: "withdrawn"}
    assert standing(beta) == {2: "live", 4: "withdrawn"}
    (event,) = recorded(Action.BUNDLE_WITHDRAWN)
    assert (event.object_id, event.actor_id) == ("1.1.0", str(rita.pk))
    assert len(recorded(Action.RELEASE_ROLLED_BACK)) == 2
    release = Release.objects.get(release_seq=3)
    assert (release.state_reason, release.bundle.withdrawn_reason) == ("Stolen key", "Stolen key")
    for channel in (production, beta):
        channel.refresh_from_db()
        assert channel.decision_seq == 4


def test_the_same_content_under_another_version_is_withdrawn_too(production: Channel, beta: Channel) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0")
    bundle_upload(app=production.app, version="1.1.1", upload=upload_file(zip_of("1.1.0")), actor=SYSTEM)
    released(beta, "1.1.1")
    channel_roll_back(channel=production, to=None, actor=SYSTEM, withdraw=True)
    assert standing(beta) == {3: "withdrawn"}
    beta.refresh_from_db()
    assert beta.serves_builtin


def test_another_app_with_the_same_content_decides_for_itself(production: Channel) -> None:
    other = channel_made(app_made("com.example.other"))
    for channel in (production, other):
        released(channel, "1.0.0")
    channel_roll_back(channel=production, to=None, actor=SYSTEM, withdraw=True)
    assert standing(other) == {1: "live"}


def test_a_bundle_is_withdrawn_that_is_on_no_channel(production: Channel) -> None:
    bundle, before = bundle_made(production.app, "1.0.0"), decision_table_build().version
    withdrawal = bundle_withdraw(bundle=bundle, reason="A secret inside", actor=SYSTEM)
    assert ([one.version for one in withdrawal.bundles], withdrawal.channels) == (["1.0.0"], [])
    assert decision_table_build().version > before
    with pytest.raises(BundleGoneError, match="already"):
        bundle_withdraw(bundle=bundle, reason="", actor=SYSTEM)


def test_withdrawn_content_does_not_come_back_under_a_new_name(production: Channel) -> None:
    bundle_withdraw(bundle=released(production, "1.0.0").bundle, reason="", actor=SYSTEM)
    upload = upload_file(zip_of("1.0.0"))
    with pytest.raises(BundleGoneError, match=r"withdrawn as 1\.0\.0"):
        bundle_upload(app=production.app, version="1.0.1", upload=upload, actor=SYSTEM)
    assert recorded(Action.BUNDLE_REFUSED)[0].detail == {"code": "bundle_gone"}
    _, is_new = bundle_upload(app=production.app, version="1.0.0", upload=upload, actor=SYSTEM)
    assert not is_new


def test_a_withdrawn_version_is_no_way_back(production: Channel) -> None:
    first = released(production, "1.0.0")
    released(production, "1.1.0")
    bundle_withdraw(bundle=first.bundle, reason="", actor=SYSTEM)
    with pytest.raises(BundleGoneError):
        channel_roll_back(channel=production, to="1.0.0", actor=SYSTEM)
    assert channel_roll_back(channel=production, to=None, actor=SYSTEM).serves_builtin


def test_a_withdrawal_does_not_go_back_to_the_same_bundle(production: Channel) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        released(production, version)
    channel_roll_back(channel=production, to="1.1.0", actor=SYSTEM)
    released(production, "1.3.0")
    released(production, "1.1.0")
    rollback = channel_roll_back(channel=production, to=None, actor=SYSTEM, withdraw=True)
    assert rollback.now_live is not None
    assert rollback.now_live.bundle.version == "1.3.0"


def test_one_release_is_rolled_back_from_beneath_another(production: Channel) -> None:
    released(production, "1.0.0")
    rollout = released(production, "1.1.0", 2000)
    released(production, "1.1.1", 500)
    release_roll_back(release=rollout, actor=SYSTEM, reason="It was the other one")
    assert standing(production) == {1: "live", 2: "rolled_back", 3: "live"}
    with pytest.raises(NothingToRollBackError):
        release_roll_back(release=rollout, actor=SYSTEM)


def test_a_paused_release_is_rolled_back(production: Channel) -> None:
    released(production, "1.0.0")
    release_pause(release=released(production, "1.1.0"), actor=SYSTEM)
    channel_roll_back(channel=production, to=None, actor=SYSTEM)
    assert standing(production) == {1: "live", 2: "rolled_back"}
