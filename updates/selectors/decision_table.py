"""Reading all live state into the decision table: a handful of queries, however many apps there are."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from updates.domain.release_state import ReleaseState
from updates.domain.targeting import AppView, ChannelView, ReleaseView
from updates.models import App, Channel, ChannelMember, DecisionTableVersion, Release


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """All that decisions rest on, as it was at one moment; `version` tells two tables apart."""

    version: int
    apps: Mapping[str, AppView]


def decision_table_version() -> int:
    """Read the table's version; 0 before the first change."""
    return DecisionTableVersion.objects.values_list("version", flat=True).first() or 0


def decision_table_build() -> DecisionTable:
    """Read the table as of one moment.

    Each query sees its own moment, so the version is read before and after: every change raises it in its
    own transaction, and an equal one proves that nothing changed in between. Without that, a new release
    could be served under a `decision_seq` that belongs to the old one.
    """
    while True:
        version = decision_table_version()
        apps = _apps()
        if decision_table_version() == version:
            return DecisionTable(version, apps)


def _apps() -> dict[str, AppView]:
    channels: dict[str, dict[str, ChannelView]] = defaultdict(dict)
    releases = _live_releases()
    for channel in Channel.objects.order_by("app_id", "name"):
        channels[channel.app_id][channel.name] = _channel_view(channel, releases.get(channel.pk, ()))
    members = _members()
    return {
        app_id: AppView(
            app_id=app_id,
            channels=channels[app_id],
            public_by_platform=_public_by_platform(channels[app_id]),
            members=members[app_id],
        )
        for app_id in App.objects.order_by("app_id").values_list("app_id", flat=True)
    }


def _channel_view(channel: Channel, releases: tuple[ReleaseView, ...]) -> ChannelView:
    return ChannelView(
        channel_id=channel.pk,
        name=channel.name,
        public=channel.public,
        self_assignable=channel.self_assignable,
        platforms=frozenset(channel.platforms),
        serves_builtin=channel.serves_builtin,
        decision_seq=channel.decision_seq,
        releases=releases,
    )


def _live_releases() -> dict[int, tuple[ReleaseView, ...]]:
    by_channel: dict[int, list[ReleaseView]] = defaultdict(list)
    rows = (
        Release.objects
        .filter(state=ReleaseState.LIVE)
        .select_related("bundle__archive")
        .defer("bundle__manifest", "notes")
        .order_by("channel_id", "-live_seq")
    )
    for row in rows:
        by_channel[row.channel_id].append(
            ReleaseView(
                release_id=row.pk,
                release_seq=row.release_seq,
                version=row.bundle.version,
                bundle_sha256=row.bundle.archive_id,
                bundle_size=row.bundle.archive.size,
                manifest_sha256=row.bundle.manifest_sha256,
                rollout_bps=row.rollout_bps,
                rollout_salt=row.rollout_salt,
                native_min=row.native_min,
                native_max=row.native_max,
            )
        )
    return {channel_id: tuple(releases) for channel_id, releases in by_channel.items()}


def _members() -> dict[str, dict[str, str]]:
    members: dict[str, dict[str, str]] = defaultdict(dict)
    rows = ChannelMember.objects.values_list("app_id", "device_id", "channel__name")
    for app_id, device_id, channel in rows:
        members[app_id][device_id] = channel
    return members


def _public_by_platform(channels: Mapping[str, ChannelView]) -> dict[str, str]:
    return {
        platform: channel.name
        for channel in channels.values()
        if channel.public
        for platform in sorted(channel.platforms)
    }
