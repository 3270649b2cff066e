"""What the console's pages list: apps, channels and what they serve, in few queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, QuerySet

from accounts.domain.access import All, OpenTo
from accounts.models import User
from accounts.selectors.access import apps_open_to, channels_open_to
from updates.domain.release_state import BEFORE_LIVE, ON_CHANNEL
from updates.models import App, Bundle, Channel, Device, Release
from updates.selectors.apps import channels_of, on_channels
from updates.selectors.receipts import RECEIVED, receipts_overdue

RECENT = 20
HISTORY = 100


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel and what is on it, newest first: live, paused or halted."""

    channel: Channel
    live: tuple[Release, ...]

    @property
    def is_rolling_out(self) -> bool:
        """Whether a release is on it for a part of the devices only."""
        return any(not release.is_full for release in self.live)


@dataclass(frozen=True, slots=True)
class AppRow:
    """An app with its channels, for a card; `devices` is None where only some channels are open."""

    app: App
    channels: tuple[ChannelRow, ...]
    devices: int | None


@dataclass(frozen=True, slots=True)
class AppOverview:
    """What an app's page shows besides its figures."""

    channels: tuple[ChannelRow, ...]
    bundles: tuple[Bundle, ...]
    bundle_count: int
    releases: tuple[Release, ...]


def apps_overview(*, user: User) -> list[AppRow]:
    """List the apps that are open to somebody, each with its open channels; four queries for who sees all."""
    only = apps_open_to(user)
    narrowed = {} if isinstance(only, All) else {"app__in": only}
    rows: dict[str, list[ChannelRow]] = defaultdict(list)
    for row in _channel_rows(
        Channel.objects.filter(**narrowed).order_by("app_id", "-public", "preview_of", "name")
    ):
        rows[row.channel.app_id].append(row)
    devices = dict(Device.objects.filter(**narrowed).values_list("app_id").annotate(count=Count("*")))
    apps = App.objects.all() if isinstance(only, All) else App.objects.filter(pk__in=only)
    return [_app_row(app, rows[app.pk], devices.get(app.pk, 0), user) for app in apps.order_by("name")]


def releases_waiting(*, rows: Iterable[AppRow]) -> list[Release]:
    """List what isn't published yet on the channels of these cards: by its time, then the newest first."""
    channels = [row.channel.pk for app in rows for row in app.channels]
    waiting = Release.objects.filter(channel__in=channels, state__in=BEFORE_LIVE)
    waiting = waiting.select_related("app", "channel", "bundle", "author").defer("bundle__manifest")
    return list(waiting.order_by(F("scheduled_at").asc(nulls_last=True), "-created_at")[:RECENT])


def releases_overdue(*, rows: Iterable[AppRow], now: datetime) -> list[Release]:
    """List what should be live on the channels of these cards and waits for its receipt for too long."""
    channels = {row.channel.pk for app in rows for row in app.channels}
    return [release for release in receipts_overdue(now=now) if release.channel_id in channels]


def _app_row(app: App, rows: list[ChannelRow], devices: int, user: User) -> AppRow:
    """Make a card of what is open of an app; the devices of all channels are no matter of some."""
    only = channels_open_to(user, app_id=app.pk)
    if isinstance(only, All):
        return AppRow(app=app, channels=tuple(rows), devices=devices)
    return AppRow(app, tuple(row for row in rows if row.channel.name in only), devices=None)


def app_overview(*, app: App, only: OpenTo = All.ALL) -> AppOverview:
    """Read an app's channels, newest bundles and newest releases; or what concerns just these channels."""
    channels = channels_of(app=app, only=only).order_by("-public", "preview_of", "name")
    return AppOverview(
        channels=tuple(_channel_rows(channels)),
        bundles=tuple(app.bundles.select_related("archive").defer("manifest")[:RECENT]),
        bundle_count=app.bundles.count(),
        releases=tuple(releases_found(app=app, only=only)[:RECENT]),
    )


def releases_found(*, app: App, channel: Channel | None = None, only: OpenTo = All.ALL) -> QuerySet[Release]:
    """Releases of an app, of one of its channels, or of just these channels, newest first."""
    releases = Release.objects.annotate(received=RECEIVED).filter(app=app)
    releases = releases.select_related("bundle", "channel", "published_by")
    if channel is not None:
        releases = releases.filter(channel=channel)
    return on_channels(releases, only, "channel__name").defer("bundle__manifest").order_by("-release_seq")


def channel_history(*, channel: Channel) -> list[Release]:
    """List a channel's newest releases that were published, or given up."""
    return list(_releases_of(channel).exclude(state__in=BEFORE_LIVE)[:HISTORY])


def channel_live(*, channel: Channel) -> list[Release]:
    """List what is on a channel, newest first; a full release stays, however many lie on top of it."""
    return list(_releases_of(channel).filter(state__in=ON_CHANNEL).order_by("-live_seq"))


def channel_upcoming(*, channel: Channel) -> list[Release]:
    """List what isn't published yet on a channel, scheduled first by their time, then the newest."""
    waiting = _releases_of(channel).filter(state__in=BEFORE_LIVE)
    return list(waiting.order_by(F("scheduled_at").asc(nulls_last=True), "-release_seq")[:RECENT])


def _releases_of(channel: Channel) -> QuerySet[Release]:
    releases = Release.objects.annotate(received=RECEIVED).filter(channel=channel)
    releases = releases.select_related("bundle", "published_by", "author")
    return releases.defer("bundle__manifest").order_by("-release_seq")


def _channel_rows(channels: QuerySet[Channel]) -> list[ChannelRow]:
    live: dict[int, list[Release]] = defaultdict(list)
    for release in (
        Release.objects
        .filter(channel__in=channels, state__in=ON_CHANNEL)
        .select_related("bundle")
        .defer("bundle__manifest")
        .order_by("-live_seq")
    ):
        live[release.channel_id].append(release)
    return [ChannelRow(channel=channel, live=tuple(live[channel.pk])) for channel in channels]
