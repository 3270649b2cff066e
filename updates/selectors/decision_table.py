"""Reading all live state into the decision table: a handful of queries, however many apps there are."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from releaseconsole.kernel import clock
from signing.selectors import phi_app_ids
from updates.domain.audience import values_allowed
from updates.domain.channel_rules import UpdatePolicy
from updates.domain.decision import AppView, ChannelView, OverrideView, ReleaseView
from updates.models import App, Channel, ChannelMember, DecisionTableVersion, DeviceOverride
from updates.selectors.release_views import (
    Withdrawn,
    versions_taken_back,
    views_forced,
    views_on_channels,
    withdrawn_read,
)


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """All that decisions rest on, as it was at one moment; `version` tells two tables apart.

    `withdrawn` names contents that nobody may fetch any more, as (app id, SHA-256).
    """

    version: int
    apps: Mapping[str, AppView]
    withdrawn: frozenset[tuple[str, str]]


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
        withdrawn = withdrawn_read(Q())
        apps = _apps(Q(), withdrawn)
        if decision_table_version() == version:
            return DecisionTable(version, apps, withdrawn.contents)


def app_view(app: App) -> AppView:
    """Read one app's part of the table, for a page that explains a decision."""
    apps = Q(app_id=app.pk)
    return _apps(apps, withdrawn_read(apps))[app.pk]


def _apps(apps: Q, withdrawn: Withdrawn) -> dict[str, AppView]:
    """Read the apps whose rows `apps` selects in every table that names one."""
    channels = _channels(apps, withdrawn)
    members = _members(apps)
    overrides = _overrides(apps, withdrawn)
    with_phi = phi_app_ids()
    return {
        app.pk: AppView(
            app_id=app.pk,
            channels=channels[app.pk],
            public_by_platform=_public_by_platform(channels[app.pk]),
            members=members[app.pk],
            overrides=overrides[app.pk],
            shutoff=app.shutoff_at is not None,
            withdrawn=withdrawn.versions.get(app.pk, frozenset()),
            keeps_custom_id=app.keeps_custom_id and app.pk not in with_phi,
            handles_phi=app.pk in with_phi,
            attributes=values_allowed(app.attributes),
        )
        for app in App.objects.filter(apps).order_by("app_id")
    }


def _channels(apps: Q, withdrawn: Withdrawn) -> dict[str, dict[str, ChannelView]]:
    channels: dict[str, dict[str, ChannelView]] = defaultdict(dict)
    releases, taken_back = views_on_channels(apps, withdrawn), versions_taken_back(apps)
    for channel in Channel.objects.filter(apps).order_by("app_id", "name"):
        channels[channel.app_id][channel.name] = _channel_view(
            channel, releases.get(channel.pk, ()), taken_back.get(channel.pk, frozenset())
        )
    return channels


def _channel_view(
    channel: Channel, releases: tuple[ReleaseView, ...], taken_back: frozenset[str]
) -> ChannelView:
    return ChannelView(
        channel_id=channel.pk,
        name=channel.name,
        public=channel.public,
        self_assignable=channel.self_assignable,
        platforms=frozenset(channel.platforms),
        serves_builtin=channel.serves_builtin,
        decision_seq=channel.decision_seq,
        releases=releases,
        allow_emulator=channel.allow_emulator,
        allow_development=channel.allow_development,
        allow_production=channel.allow_production,
        native_min=channel.native_min,
        native_max=channel.native_max,
        update_policy=UpdatePolicy(channel.update_policy),
        blocks_under_native=channel.blocks_under_native,
        store_update_required=channel.store_update_required,
        paused=channel.paused_at is not None,
        shutoff=channel.shutoff_at is not None,
        taken_back=taken_back,
        expires_epoch=int(channel.expires_at.timestamp()) if channel.expires_at else 0,
    )


def _members(apps: Q) -> dict[str, dict[str, str]]:
    members: dict[str, dict[str, str]] = defaultdict(dict)
    rows = ChannelMember.objects.filter(apps).values_list("app_id", "device_id", "channel__name")
    for app_id, device_id, channel in rows:
        members[app_id][device_id] = channel
    return members


def _overrides(apps: Q, withdrawn: Withdrawn) -> dict[str, dict[str, OverrideView]]:
    """Read where devices are forced to; a release that can't be fetched any more forces nobody."""
    rows = list(
        DeviceOverride.objects.filter(apps, until__gt=clock.now()).select_related(
            "channel", "release__channel"
        )
    )
    forced = views_forced(apps, {row.release_id for row in rows if row.release_id}, withdrawn)
    overrides: dict[str, dict[str, OverrideView]] = defaultdict(dict)
    for row in rows:
        release = forced.get(row.release_id) if row.release_id else None
        channel = row.release.channel if row.release else row.channel
        if channel is not None and (release is not None or row.release_id is None):
            until = int(row.until.timestamp())
            overrides[row.app_id][row.device_id] = OverrideView(channel.name, release, until)
    return overrides


def _public_by_platform(channels: Mapping[str, ChannelView]) -> dict[str, str]:
    return {
        platform: channel.name
        for channel in channels.values()
        if channel.public
        for platform in sorted(channel.platforms)
    }
