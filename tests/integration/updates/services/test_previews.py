"""Previews: opened for a pull request, joined by its link, and over by themselves, once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from compliance.ledger.domain.events import SYSTEM, Action, ActorKind
from releaseconsole.kernel import clock
from tests.support.at_once import at_once
from tests.support.beta import PHONE, enrolled, joins
from tests.support.shipping import app_made, bundle_made, channel_made, recorded, standing
from updates.domain.release_state import ReleaseState
from updates.errors import BetaFullError, ConflictError, InvalidValueError, InviteOverError, NotFoundError
from updates.models import App, Channel, ChannelMember, Release, TesterGroup, TesterInvite
from updates.selectors.previews import preview_group, previews_due, previews_running
from updates.services import channel_member_add
from updates.services.previews import (
    Preview,
    PreviewWish,
    preview_end,
    preview_link_make,
    preview_open,
    previews_expire,
)


def opened(app: App, subject: str = "PR 123", days: int = 7, **more: Any) -> Preview:
    wish = PreviewWish(subject=subject, days=days, **({"testers": 2} | more))
    return preview_open(app=app, wish=wish, actor=SYSTEM, person=None)


def later(**time: int) -> Any:
    return time_machine.travel(clock.now() + timedelta(**time), tick=False)


def test_a_preview_is_a_channel_that_only_its_testers_get(app: App) -> None:
    preview = opened(app)
    channel = Channel.objects.get(name="preview-pr-123")
    assert (channel.preview_of, channel.public, channel.self_assignable) == ("PR 123", False, False)
    assert channel.expires_at is not None
    assert channel.expires_at - channel.created_at == timedelta(days=7)
    enrolled(joins(preview.link).tester)
    assert ChannelMember.objects.get(device_id=PHONE).channel == channel


def test_its_link_lets_in_as_many_as_it_says(app: App) -> None:
    link = opened(app, testers=1).link
    joins(link)
    with pytest.raises(BetaFullError):
        joins(link)


def test_a_bundle_is_published_there_at_once(app: App) -> None:
    bundle_made(app, "1.0.0")
    preview = opened(app, version="1.0.0")
    assert preview.release is not None
    assert Release.objects.get().channel == preview.channel


def test_a_bundle_that_is_missing_opens_nothing(app: App) -> None:
    with pytest.raises(NotFoundError):
        opened(app, version="1.0.0")
    assert not Channel.objects.exists()
    assert not TesterGroup.objects.exists()


def test_the_same_subject_again_goes_on_in_the_same_preview(app: App) -> None:
    """As CI asks for it with each push: longer, with the next bundle, and with the link of before."""
    for version in ("1.0.0", "1.0.1"):
        bundle_made(app, version)
    first = opened(app, version="1.0.0")
    with later(days=3):
        again = opened(app, version="1.0.1")
        assert (again.channel.pk, again.link) == (first.channel.pk, "")
    with later(days=8):
        joins(first.link)
    again.channel.refresh_from_db()
    assert again.channel.decision_seq > first.channel.decision_seq
    assert [event.detail["after"] for event in recorded(Action.CHANNEL_CHANGED)] == [
        {"expires_at": again.channel.expires_at.isoformat()}  # type: ignore[union-attr]
    ]


def test_a_retry_publishes_nothing_twice_and_makes_no_preview_shorter(app: App) -> None:
    bundle_made(app, "1.0.0")
    first = opened(app, days=9, version="1.0.0")
    again = opened(app, days=1, version="1.0.0")
    assert again.release is None
    assert again.channel.expires_at == first.channel.expires_at


def test_two_subjects_never_share_a_channel(app: App) -> None:
    opened(app, "feature/login")
    with pytest.raises(ConflictError):
        opened(app, "feature login")


def test_a_channel_of_this_name_that_is_no_preview_is_left_alone(app: App) -> None:
    channel_made(app, "preview-pr-123", public=False)
    with pytest.raises(ConflictError):
        opened(app)


@pytest.mark.parametrize("wrong", [{"days": 31}, {"testers": 0}, {"subject": " "}], ids=str)
def test_a_preview_is_short_small_and_of_something(app: App, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        opened(app, **wrong)


def test_no_more_than_so_many_run_at_a_time(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("updates.services.previews.MAX_RUNNING", 1)
    ended = opened(app)
    with pytest.raises(ConflictError, match="run already"):
        opened(app, "PR 124")
    preview_end(channel=ended.channel, actor=SYSTEM)
    opened(app, "PR 124")


def test_when_its_time_has_come_its_devices_leave_and_its_releases_end(app: App) -> None:
    bundle_made(app, "1.0.0")
    preview = opened(app, version="1.0.0")
    tester = joins(preview.link).tester
    device = enrolled(tester)
    channel_member_add(channel=preview.channel, device_id="by-hand", actor=SYSTEM)
    with later(days=6):
        assert previews_expire() == 0
    with later(days=8):
        assert previews_expire() == 1
        with pytest.raises(InviteOverError):
            joins(preview.link)
    assert not ChannelMember.objects.exists()
    device.refresh_from_db()
    assert device.left_at is not None
    assert standing(preview.channel) == {1: ReleaseState.SUPERSEDED}
    assert preview_group(channel=preview.channel) is None
    (event,) = recorded(Action.CHANNEL_EXPIRED)
    assert (event.actor_kind, event.object_id) == (ActorKind.SYSTEM, "preview-pr-123")
    assert event.detail == {"members": 2, "releases": [1]}


def test_a_preview_that_goes_on_for_longer_is_not_ended(app: App) -> None:
    opened(app, days=1)
    opened(app, days=9)
    with later(days=2):
        assert previews_expire() == 0


def test_a_preview_that_comes_back_while_a_worker_looks_is_not_ended(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(app, days=1)

    def due(*, now: datetime) -> list[Channel]:
        found = previews_due(now=now)
        opened(app, days=9)
        return found

    monkeypatch.setattr("updates.services.previews.previews_due", due)
    with later(days=2):
        assert previews_expire() == 0
    assert previews_running(app=app).exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_end_a_preview_once() -> None:
    opened(app_made())
    with later(days=8):
        at_once([previews_expire, previews_expire])
    assert len(recorded(Action.CHANNEL_EXPIRED)) == 1
    assert len(recorded(Action.TESTER_GROUP_ENDED)) == 1


def test_it_is_ended_by_hand_once(app: App) -> None:
    preview = opened(app)
    preview_end(channel=preview.channel, actor=SYSTEM)
    with pytest.raises(NotFoundError):
        preview_end(channel=preview.channel, actor=SYSTEM)
    with pytest.raises(NotFoundError):
        preview_link_make(channel=preview.channel, testers=5, actor=SYSTEM, person=None)
    assert not previews_running(app=app).exists()


def test_a_preview_that_comes_back_is_for_whoever_comes_by_its_new_link(app: App) -> None:
    first = opened(app)
    joins(first.link)
    with later(days=8):  # before any worker has been there
        again = opened(app)
        assert again.channel.pk == first.channel.pk
        assert again.link
        group = preview_group(channel=again.channel)
        assert group is not None
        assert (group.name, group.memberships.count()) == ("preview-pr-123 2", 0)
        joins(again.link)
        with pytest.raises(InviteOverError):
            joins(first.link)
    assert len(recorded(Action.CHANNEL_EXPIRED)) == 1


def test_a_further_link_lets_in_others_and_leaves_the_first_alone(app: App) -> None:
    preview = opened(app)
    link = preview_link_make(channel=preview.channel, testers=5, actor=SYSTEM, person=None)
    joins(link)
    joins(preview.link)
    assert TesterInvite.objects.get(cap=5).expires_at == preview.channel.expires_at
