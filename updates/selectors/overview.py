"""What the console's pages list: apps, channels and what they serve, in few queries."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from updates.domain.release_state import ReleaseState
from updates.domain.rollout import BASIS_POINTS
from updates.models import App, Bundle, Channel, Device, Release

RECENT = 20
HISTORY = 100


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel and what it serves, newest first."""

    channel: Channel
    live: tuple[Release, ...]

    @property
    def is_rolling_out(self) -> bool:
        """Whether a release is live for a part of the devices only."""
        return any(release.rollout_bps < BASIS_POINTS for release in self.live)


@dataclass(frozen=True, slots=True)
class AppRow:
    """An app with its channels, for a card."""

    app: App
    channels: tuple[ChannelRow, ...]
    devices: int


@dataclass(frozen=True, slots=True)
class AppOverview:
    """What an app's page shows besides its figures."""

    channels: tuple[ChannelRow, ...]
    bundles: tuple[Bundle, ...]
    bundle_count: int
    releases: tuple[Release, ...]


def apps_overview() -> list[AppRow]:
    """List all apps with their channels; four queries, however many there are."""
    apps = list(App.objects.order_by("name"))
    rows: dict[str, list[ChannelRow]] = defaultdict(list)
    for row in _channel_rows(Channel.objects.order_by("app_id", "-public", "name")):
        rows[row.channel.app_id].append(row)
    devices = dict(Device.objects.values_list("app_id").annotate(count=Count("*")))
    return [AppRow(app=app, channels=tuple(rows[app.pk]), devices=devices.get(app.pk, 0)) for app in apps]


def app_overview(*, app: App) -> AppOverview:
    """Read an app's channels, newest bundles and newest releases."""
    releases = Release.objects.filter(app=app).select_related("bundle", "channel", "published_by")
    return AppOverview(
        channels=tuple(_channel_rows(app.channels.order_by("-public", "name"))),
        bundles=tuple(app.bundles.select_related("archive").defer("manifest")[:RECENT]),
        bundle_count=app.bundles.count(),
        releases=tuple(releases.defer("bundle__manifest")[:RECENT]),
    )


def releases_found(*, app: App, channel: Channel | None = None) -> QuerySet[Release]:
    """Releases of an app, or of one of its channels, newest first."""
    releases = Release.objects.filter(app=app).select_related("bundle", "channel", "published_by")
    if channel is not None:
        releases = releases.filter(channel=channel)
    return releases.defer("bundle__manifest").order_by("-release_seq")


def channel_history(*, channel: Channel) -> list[Release]:
    """List a channel's newest releases."""
    return list(_releases_of(channel)[:HISTORY])


def channel_live(*, channel: Channel) -> list[Release]:
    """List what a channel serves, newest first; a full release stays, however many lie on top of it."""
    return list(_releases_of(channel).filter(state=ReleaseState.LIVE.value))


def _releases_of(channel: Channel) -> QuerySet[Release]:
    releases = Release.objects.filter(channel=channel).select_related("bundle", "published_by")
    return releases.defer("bundle__manifest").order_by("-release_seq")


def _channel_rows(channels: QuerySet[Channel]) -> list[ChannelRow]:
    live: dict[int, list[Release]] = defaultdict(list)
    for release in (
        Release.objects
        .filter(channel__in=channels, state=ReleaseState.LIVE.value)
        .select_related("bundle")
        .defer("bundle__manifest")
        .order_by("-release_seq")
    ):
        live[release.channel_id].append(release)
    return [ChannelRow(channel=channel, live=tuple(live[channel.pk])) for channel in channels]
