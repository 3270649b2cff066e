"""Previews: what a pull request would be, on a channel of its own, for testers only, until a day.

A preview is a channel and a group of testers that has nothing but it. It's over when that group has ended; a
preview of the same subject after that is a new one on the same channel, for whoever comes by its new link.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action, Actor
from releaseconsole.kernel import clock
from updates.domain.platforms import Platform
from updates.domain.previews import (
    MAX_RUNNING,
    preview_channel_name,
    preview_subject_check,
    preview_terms_check,
)
from updates.domain.release_state import BEFORE_LIVE, ON_CHANNEL, ReleaseState
from updates.errors import ConflictError, NotFoundError
from updates.models import App, Channel, Release, TesterGroup
from updates.selectors.previews import preview_group, previews_due, previews_running
from updates.services.channel_records import channel_record
from updates.services.decision_table import decision_table_touch
from updates.services.decisions import channel_served_changed
from updates.services.locks import app_lock, channel_lock
from updates.services.releases import release_move, release_publish
from updates.services.testers import (
    group_link_make,
    tester_group_change,
    tester_group_create,
    tester_group_end,
)

_OVER = "The preview is over."


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview as it was just opened.

    Attributes:
        channel: Its channel.
        link: To join it. A secret that is kept nowhere; empty where the preview ran before.
        release: What was published on it now; None: nothing.
    """

    channel: Channel
    link: str
    release: Release | None


@dataclass(frozen=True, slots=True)
class _By:
    """Who does it, the person behind it, and when."""

    actor: Actor
    person: User | None
    now: datetime


@dataclass(frozen=True, slots=True)
class PreviewWish:
    """What is to be previewed.

    Attributes:
        subject: Of what, such as `PR 123`; it names the channel.
        days: For how long from now.
        testers: How many people its link lets in.
        version: A bundle to publish there; empty: none yet.
    """

    subject: str
    days: int
    testers: int
    version: str = ""


def preview_open(*, app: App, wish: PreviewWish, actor: Actor, person: User | None) -> Preview:
    """Open a preview, or let one that runs go on for longer and publish the next bundle there.

    Raises:
        InvalidValueError: The subject, the days or the number of testers isn't acceptable.
        ConflictError: Another subject has its channel, or too many previews run.
        NotFoundError: The app has no bundle of the version.
    """
    by = _By(actor, person, clock.now())
    subject = preview_subject_check(wish.subject)
    preview_terms_check(days=wish.days, testers=wish.testers)
    ends_at = by.now + timedelta(days=wish.days)
    with transaction.atomic():
        app = app_lock(app.pk)
        channel = _channel_of(app, subject)
        group = _group_running(channel, by)
        link = ""
        if channel is not None and group is not None:
            _prolong(channel, group, ends_at, by)
        else:
            _room_require(app)
            action = Action.CHANNEL_CREATED if channel is None else Action.CHANNEL_CHANGED
            channel = channel or _channel_new(app, subject, by)
            _channel_begin(channel, ends_at, action, by)
            group = _group_begin(channel, ends_at, by)
            link = _link(group, wish.testers, ends_at, by)
        release = _publish(channel, wish.version, by)
    return Preview(channel, link, release)


def preview_link_make(*, channel: Channel, testers: int, actor: Actor, person: User | None) -> str:
    """Make a further link to a running preview; earlier ones go on working.

    Raises:
        InvalidValueError: The number of testers isn't acceptable.
        NotFoundError: The preview is over.
    """
    by = _By(actor, person, clock.now())
    preview_terms_check(days=1, testers=testers)
    with transaction.atomic():
        channel = channel_lock(channel)
        group = preview_group(channel=channel)
        if group is None or channel.expires_at is None or channel.expires_at <= by.now:
            raise NotFoundError(_OVER)
        return _link(group, testers, channel.expires_at, by)


def preview_end(*, channel: Channel, actor: Actor) -> None:
    """End a preview before its time.

    Raises:
        NotFoundError: It's over already.
    """
    with transaction.atomic():
        channel = channel_lock(channel)
        group = preview_group(channel=channel)
        if group is None:
            raise NotFoundError(_OVER)
        _end(channel, group, actor, clock.now())


def previews_expire() -> int:
    """End previews whose time has come; each in a transaction of its own, once, whoever else does it too.

    Returns:
        How many.
    """
    now = clock.now()
    return sum(_expire(channel, now) for channel in previews_due(now=now))


def _expire(channel: Channel, now: datetime) -> bool:
    with transaction.atomic():
        locked = channel_lock(channel)
        group = preview_group(channel=locked)
        if group is None or locked.expires_at is None or locked.expires_at > now:
            return False  # another worker was here, or somebody prolonged it
        _end(locked, group, SYSTEM, now)
        return True


def _channel_of(app: App, subject: str) -> Channel | None:
    channel = Channel.objects.filter(app=app, name=preview_channel_name(subject)).first()
    if channel is None:
        return None
    if channel.preview_of != subject:
        raise ConflictError(f"The channel {channel.name} is there already, for something else.")
    channel.app = app
    return channel


def _group_running(channel: Channel | None, by: _By) -> TesterGroup | None:
    """Find the group of a preview that still runs; one whose time has come is ended on the way."""
    group = preview_group(channel=channel) if channel is not None else None
    if channel is None or group is None:
        return None
    if channel.expires_at is not None and channel.expires_at <= by.now:
        _end(channel, group, SYSTEM, by.now)
        return None
    return group


def _channel_new(app: App, subject: str, by: _By) -> Channel:
    return Channel(app=app, name=preview_channel_name(subject), preview_of=subject, created_at=by.now)


def _room_require(app: App) -> None:
    if previews_running(app=app).count() >= MAX_RUNNING:
        raise ConflictError(f"{MAX_RUNNING} previews of {app.name} run already. End some.")


def _channel_begin(channel: Channel, ends_at: datetime, action: Action, by: _By) -> None:
    channel.platforms = [each.value for each in Platform if each.value in channel.app.platforms]
    channel.expires_at = ends_at
    channel.save()
    decision_table_touch()
    channel_record(action, channel, actor=by.actor, now=by.now, preview=True, expires_at=ends_at.isoformat())


def _group_begin(channel: Channel, ends_at: datetime, by: _By) -> TesterGroup:
    return tester_group_create(
        app=channel.app,
        name=_group_name(channel),
        channels=[channel],
        actor=by.actor,
        person=by.person,
        may_switch=True,
        ends_at=ends_at,
    )


# Groups that ended keep their names, so a preview that comes back has a number.
def _group_name(channel: Channel) -> str:
    earlier = channel.tester_groups.count()
    return f"{channel.name} {earlier + 1}" if earlier else channel.name


def _link(group: TesterGroup, testers: int, ends_at: datetime, by: _By) -> str:
    return group_link_make(
        group=group, cap=testers, expires_at=ends_at, actor=by.actor, person=by.person
    ).link


def _prolong(channel: Channel, group: TesterGroup, ends_at: datetime, by: _By) -> None:
    before = channel.expires_at
    if before is None or ends_at <= before:
        return
    tester_group_change(group=group, actor=by.actor, ends_at=ends_at)
    group.invites.filter(expires_at=before, revoked_at=None).update(expires_at=ends_at)
    channel.expires_at = ends_at
    channel_served_changed(channel)
    channel_record(
        Action.CHANNEL_CHANGED,
        channel,
        actor=by.actor,
        now=by.now,
        before={"expires_at": before.isoformat()},
        after={"expires_at": ends_at.isoformat()},
    )


def _publish(channel: Channel, version: str, by: _By) -> Release | None:
    if not version or _on_channel(channel).filter(bundle__version=version).exists():
        return None
    return release_publish(channel=channel, version=version, actor=by.actor, publisher=by.person)


def _on_channel(channel: Channel) -> QuerySet[Release]:
    return Release.objects.filter(channel=channel, state__in=sorted(each.value for each in ON_CHANNEL))


def _end(channel: Channel, group: TesterGroup, actor: Actor, now: datetime) -> None:
    """End a preview whose channel is locked: testers leave it, and nothing on it is needed any more."""
    members = channel.members.count()
    tester_group_end(group=group, actor=actor)
    channel.members.all().delete()  # whom somebody added by hand
    ended = _releases_end(channel, now)
    channel.expires_at = min(channel.expires_at or now, now)
    channel_served_changed(channel)
    channel_record(Action.CHANNEL_EXPIRED, channel, actor=actor, now=now, members=members, releases=ended)


# So that no file is kept for a channel that nobody will ask again, and no schedule fires on it.
def _releases_end(channel: Channel, now: datetime) -> list[int]:
    ended = []
    states = sorted(each.value for each in ON_CHANNEL | BEFORE_LIVE)
    for release in Release.objects.filter(channel=channel, state__in=states).order_by("release_seq"):
        current = ReleaseState(release.state)
        target = ReleaseState.SUPERSEDED if current in ON_CHANNEL else ReleaseState.DISCARDED
        release_move(release, target, now, reason=_OVER)
        ended.append(release.release_seq)
    return ended
