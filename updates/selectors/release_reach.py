"""Whom a release would reach, and how much traffic that makes, before anybody is reached."""

from dataclasses import dataclass

from updates.domain.audience import audience_read
from updates.domain.pacing import bytes_per_second
from updates.domain.release_terms import Terms
from updates.domain.rollout import BASIS_POINTS
from updates.domain.rollout_plan import plan_read
from updates.models import Bundle, Channel, Device, Release
from updates.selectors.audience import audience_count
from updates.selectors.native_builds import builds_short_of


@dataclass(frozen=True, slots=True)
class ReleaseReach:
    """What a form's terms come to.

    Attributes:
        matching: Devices of the channel that the release is for.
        included: Those that its share includes at first; an estimate.
        share_bps: That share.
        steps: How many steps it goes through by itself.
        bytes_each: What one device downloads.
        bytes_first: What the devices included at first download together.
        bytes_all: What all that it is for download, at last.
        bytes_per_second: While it spreads; 0: it isn't spread.
        spread_minutes: Over how long it is.
    """

    matching: int
    included: int
    share_bps: int
    steps: int
    bytes_each: int
    bytes_first: int
    bytes_all: int
    bytes_per_second: int
    spread_minutes: int

    @property
    def is_partial(self) -> bool:
        """Whether only a share is included at first."""
        return self.share_bps < BASIS_POINTS


def release_reach(*, channel: Channel, version: str, terms: Terms) -> ReleaseReach:
    """Count the devices that checked terms would reach, by what they last said."""
    plan = plan_read(terms.get("plan", []))
    share = plan[0].bps if plan else terms["rollout_bps"]
    bundle = Bundle.objects.filter(app=channel.app_id, version=version).select_related("archive").first()
    needed = bundle.native_packages if bundle and not terms.get("native_override") else None
    count = audience_count(
        channel=channel,
        audience=audience_read(terms["audience"]),
        rollout_bps=share,
        native_min=terms["native_min"],
        native_max=terms["native_max"],
        lacking=builds_short_of(app_id=channel.app_id, needed=needed or {}),
    )
    size, spread = bundle.archive.size if bundle else 0, terms["spread_minutes"]
    return ReleaseReach(
        matching=count.matching,
        included=count.included,
        share_bps=share,
        steps=len(plan),
        bytes_each=size,
        bytes_first=size * count.included,
        bytes_all=size * count.matching,
        bytes_per_second=bytes_per_second(
            devices=count.included, bundle_size=size, rollout_bps=BASIS_POINTS, spread_minutes=spread
        ),
        spread_minutes=spread,
    )


@dataclass(frozen=True, slots=True)
class WaitingReach:
    """Whom a release that waits would reach today: `included` at first, `matching` at last, of `devices`."""

    devices: int
    matching: int
    included: int


def waiting_reach(release: Release) -> WaitingReach:
    """Count the channel's devices that a release would go to, by what they last said."""
    needed = None if release.native_override else release.bundle.native_packages
    count = audience_count(
        channel=release.channel,
        audience=audience_read(release.audience),
        rollout_bps=release.rollout_bps,
        native_min=release.native_min,
        native_max=release.native_max,
        lacking=builds_short_of(app_id=release.app_id, needed=needed or {}),
    )
    devices = Device.objects.filter(app=release.app_id, channel_name=release.channel.name).count()
    return WaitingReach(devices=devices, matching=count.matching, included=count.included)
