"""The numbers on the console's pages; docs/telemetry.md defines each of them.

All rest on what devices say of themselves, which nobody proves: `measured_at` says when they were counted,
and pages name them reported. A share of nothing is None, never 0 or 1.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet, Sum

from releaseconsole.kernel import clock
from updates.domain.outcomes import FAILURES
from updates.domain.rollups import ARRIVED, CHECKED, LEFT
from updates.models import App, Channel, Device, HourlyRollup, Release
from updates.selectors.reports import reports_since

# A device that was heard of in this time counts as active.
ACTIVE_WITHIN: Final = timedelta(hours=24)
# The longest series a page draws: two weeks of hours.
MAX_HOURS: Final = 24 * 14
_HOUR: Final = timedelta(hours=1)
_INSTALL: Final = "set"


@dataclass(frozen=True, slots=True)
class HourPoint:
    """One hour: devices running the version at its end; installs and failures reported in it."""

    hour: datetime
    devices: int
    installs: int
    failures: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    part: int
    whole: int

    @property
    def ratio(self) -> float | None:
        """The share from 0 to 1; None if there is nothing to share."""
        return self.part / self.whole if self.whole else None

    @property
    def percent(self) -> float | None:
        """The share in percent, to one decimal; None as `ratio`."""
        return None if self.ratio is None else round(self.ratio * 100, 1)


@dataclass(frozen=True, slots=True)
class ReleaseFigures:
    """A release as devices report it; why it failed, and where, is told by `selectors.failures`.

    Attributes:
        adoption: Active devices on this version, of all active devices of the channel.
        success: Devices that installed it, of all devices that reported how it went.
        series: Hours since publication without gaps, oldest first, at most two weeks.
    """

    measured_at: datetime
    adoption: Share
    success: Share
    series: tuple[HourPoint, ...]

    @property
    def devices(self) -> int:
        """Active devices on this version and channel."""
        return self.adoption.part

    @property
    def channel_devices(self) -> int:
        """Active devices of the channel."""
        return self.adoption.whole

    @property
    def installed(self) -> int:
        """Devices on which the version started."""
        return self.success.part

    @property
    def failed(self) -> int:
        """Devices on which it failed, and that haven't got it since."""
        return self.success.whole - self.success.part


@dataclass(frozen=True, slots=True)
class VersionCount:
    """Active devices on a version; an empty version is the built-in bundle."""

    version: str
    devices: Share


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """A channel in the last 24 hours: active devices by version (most first), checks, installs, failures."""

    measured_at: datetime
    devices: int
    versions: tuple[VersionCount, ...]
    checks: int
    installs: int
    failures: int


@dataclass(frozen=True, slots=True)
class AppFigures:
    """An app: all devices ever heard of; active ones in all, by platform, by channel, by version."""

    measured_at: datetime
    devices_known: int
    devices: int
    platforms: Mapping[str, int]
    channels: Mapping[str, int]
    versions: tuple[VersionCount, ...]
    checks: int
    installs: int
    failures: int


def release_figures(release: Release) -> ReleaseFigures:
    """Count what devices reported of one release (its version on its channel), in three queries."""
    now = clock.now()
    version, channel = release.bundle.version, release.channel.name
    reports = reports_since(release, None)
    return ReleaseFigures(
        measured_at=now,
        adoption=_adoption(release.app_id, channel, version, now),
        success=Share(reports.installed, reports.total),
        series=_series(release, version, channel, now),
    )


def channel_figures(channel: Channel) -> ChannelFigures:
    """Count what the devices of one channel reported in the last 24 hours, in two queries."""
    now = clock.now()
    active = _active(channel.app_id, now).filter(channel_name=channel.name)
    devices = Counter(dict(active.values_list("version").annotate(devices=Count("*")).order_by()))
    actions = _actions(channel.app_id, now, channel_name=channel.name)
    return ChannelFigures(
        measured_at=now,
        devices=devices.total(),
        versions=_versions(devices),
        checks=actions[CHECKED],
        installs=actions[_INSTALL],
        failures=sum(actions[action] for action in FAILURES),
    )


def app_figures(app: App) -> AppFigures:
    """Count what the devices of one app reported in the last 24 hours, in three queries."""
    now = clock.now()
    platforms, channels, versions = Counter[str](), Counter[str](), Counter[str]()
    groups = _active(app.pk, now).values_list("platform", "channel_name", "version").order_by()
    for platform, channel, version, devices in groups.annotate(devices=Count("*")):
        platforms[platform] += devices
        channels[channel] += devices
        versions[version] += devices
    actions = _actions(app.pk, now)
    return AppFigures(
        measured_at=now,
        devices_known=Device.objects.filter(app=app).count(),
        devices=versions.total(),
        platforms=dict(platforms.most_common()),
        channels=dict(channels.most_common()),
        versions=_versions(versions),
        checks=actions[CHECKED],
        installs=actions[_INSTALL],
        failures=sum(actions[action] for action in FAILURES),
    )


def _active(app_id: str, now: datetime) -> QuerySet[Device]:
    """Select devices heard of lately whose running version is known."""
    return Device.objects.filter(app=app_id, last_seen_at__gt=now - ACTIVE_WITHIN, version_at__isnull=False)


def _adoption(app_id: str, channel: str, version: str, now: datetime) -> Share:
    counts = (
        _active(app_id, now)
        .filter(channel_name=channel)
        .aggregate(part=Count("version", filter=Q(version=version)), whole=Count("*"))
    )
    return Share(**counts)


def _actions(app_id: str, now: datetime, **place: str) -> Counter[str]:
    """Sum the counters of the last 24 hours, the one that has begun included, by action."""
    rows = HourlyRollup.objects.filter(app=app_id, hour__gt=now - ACTIVE_WITHIN, **place)
    return Counter(dict(rows.values_list("action").annotate(total=Sum("count")).order_by()))


def _versions(devices: Counter[str]) -> tuple[VersionCount, ...]:
    total = devices.total()
    return tuple(VersionCount(version, Share(count, total)) for version, count in devices.most_common())


def _series(release: Release, version: str, channel: str, now: datetime) -> tuple[HourPoint, ...]:
    counts = _hourly_counts(release.app_id, version, channel)
    last = now.replace(minute=0, second=0, microsecond=0)
    # A release that was never live has no hours: its series is that of now.
    published = (release.published_at or now).replace(minute=0, second=0, microsecond=0)
    hour = max(published, last - (MAX_HOURS - 1) * _HOUR)
    devices = sum(_movement(actions) for earlier, actions in counts.items() if earlier < hour)
    points = []
    while hour <= last:
        actions = counts.get(hour, Counter())
        devices += _movement(actions)
        failures = sum(actions[action] for action in FAILURES)
        points.append(HourPoint(hour, devices, actions[_INSTALL], failures))
        hour += _HOUR
    return tuple(points)


def _hourly_counts(app_id: str, version: str, channel: str) -> dict[datetime, Counter[str]]:
    rows = HourlyRollup.objects.filter(
        app=app_id,
        version=version,
        channel_name=channel,
        action__in=(ARRIVED, LEFT, _INSTALL, *FAILURES),
    )
    counts: defaultdict[datetime, Counter[str]] = defaultdict(Counter)
    for hour, action, count in rows.values_list("hour", "action", "count"):
        counts[hour][action] = count
    return counts


def _movement(actions: Counter[str]) -> int:
    return actions[ARRIVED] - actions[LEFT]
