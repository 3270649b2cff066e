import pytest

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from tests.support.shipping import app_made, channel_made, recorded
from updates.errors import ConflictError, InvalidValueError, NotFoundError
from updates.models import App, Channel, ChannelMember
from updates.selectors.decision_table import decision_table_build
from updates.services import channel_change, channel_member_add, channel_member_remove

PHONE = "8f0f2f4e-0000-4000-8000-000000000001"


def test_a_channel_is_created_and_recorded(app: App) -> None:
    channel = channel_made(app, "beta", public=False, self_assignable=True, platforms=["ios"])
    assert (channel.name, channel.platforms, channel.decision_seq) == ("beta", ["ios"], 1)
    (event,) = recorded(Action.CHANNEL_CREATED)
    assert event.detail == {"public": False, "self_assignable": True, "platforms": ["ios"]}


@pytest.mark.parametrize("name", ["", "Production", "a b", "-a", ".a", "a/b", "é", "a" * 65, "a\n"])
def test_a_channel_name_that_is_not_plain_is_refused(app: App, name: str) -> None:
    with pytest.raises(InvalidValueError):
        channel_made(app, name)


def test_a_platform_that_the_app_has_not_is_refused(app: App) -> None:
    with pytest.raises(InvalidValueError):
        channel_made(app, platforms=["electron"])


def test_a_name_is_used_once_per_app(production: Channel) -> None:
    with pytest.raises(ConflictError):
        channel_made(production.app, public=False)
    assert channel_made(app_made("com.example.other")).name == production.name


def test_a_platform_has_one_public_channel(app: App) -> None:
    channel_made(app, "production", platforms=["ios"])
    assert channel_made(app, "droid", platforms=["android"]).public
    with pytest.raises(ConflictError, match="production is the public channel for ios"):
        channel_made(app, "third", platforms=["ios"])


def test_a_change_raises_decision_seq_and_the_tables_version(production: Channel) -> None:
    before = decision_table_build().version
    changed = channel_change(channel=production, self_assignable=True, platforms=["ios"], actor=SYSTEM)
    assert (changed.self_assignable, changed.public, changed.platforms) == (True, True, ["ios"])
    assert changed.decision_seq == 2
    assert decision_table_build().version > before
    (event,) = recorded(Action.CHANNEL_CHANGED)
    assert event.detail["before"]["platforms"] == ["android", "ios"]


def test_a_change_to_what_is_set_already_does_nothing(production: Channel) -> None:
    assert channel_change(channel=production, public=True, actor=SYSTEM).decision_seq == 1
    assert recorded(Action.CHANNEL_CHANGED) == []


def test_a_second_public_channel_does_not_come_about_by_a_change_either(production: Channel) -> None:
    beta = channel_made(production.app, "beta", public=False)
    with pytest.raises(ConflictError):
        channel_change(channel=beta, public=True, actor=SYSTEM)
    beta.refresh_from_db()
    assert (beta.public, beta.decision_seq) == (False, 1)


def test_a_member_is_served_from_its_channel_until_it_is_removed(production: Channel) -> None:
    beta = channel_made(production.app, "beta", public=False)
    channel_member_add(channel=beta, device_id=PHONE, actor=SYSTEM)
    assert decision_table_build().apps[beta.app_id].members[PHONE] == "beta"
    channel_member_remove(channel=beta, device_id=PHONE, actor=SYSTEM)
    assert PHONE not in decision_table_build().apps[beta.app_id].members


def test_an_id_in_capitals_is_the_same_device(production: Channel) -> None:
    channel_member_add(channel=production, device_id=PHONE.upper(), actor=SYSTEM)
    channel_member_add(channel=production, device_id=PHONE, actor=SYSTEM)
    assert decision_table_build().apps[production.app_id].members == {PHONE: "production"}
    channel_member_remove(channel=production, device_id=PHONE.upper(), actor=SYSTEM)
    assert not ChannelMember.objects.exists()


def test_adding_a_member_again_changes_nothing(production: Channel) -> None:
    first = channel_member_add(channel=production, device_id=PHONE, actor=SYSTEM)
    assert channel_member_add(channel=production, device_id=PHONE, actor=SYSTEM) == first
    assert len(recorded(Action.CHANNEL_MEMBER_ADDED)) == 1


def test_a_device_belongs_to_one_channel_of_an_app(production: Channel) -> None:
    beta = channel_made(production.app, "beta", public=False)
    channel_member_add(channel=production, device_id=PHONE, actor=SYSTEM)
    with pytest.raises(ConflictError, match="belongs to production"):
        channel_member_add(channel=beta, device_id=PHONE, actor=SYSTEM)


def test_who_is_no_member_cannot_be_removed(production: Channel) -> None:
    with pytest.raises(NotFoundError):
        channel_member_remove(channel=production, device_id=PHONE, actor=SYSTEM)


@pytest.mark.parametrize("device_id", ["", "a b", "a" * 65, "../x", "é"])
def test_an_impossible_device_id_is_refused(production: Channel, device_id: str) -> None:
    with pytest.raises(InvalidValueError):
        channel_member_add(channel=production, device_id=device_id, actor=SYSTEM)
    assert not ChannelMember.objects.exists()


def test_device_ids_stay_out_of_the_audit_log(production: Channel) -> None:
    channel_member_add(channel=production, device_id=PHONE, actor=SYSTEM)
    channel_member_remove(channel=production, device_id=PHONE, actor=SYSTEM)
    assert not any(PHONE in str(event.detail) + event.object_id for event in AuditEvent.objects.all())
