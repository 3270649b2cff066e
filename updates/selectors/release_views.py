"""Releases as decisions need them: a few queries for all of a console, or for one app."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.db.models import Q

from updates.domain.audience import audience_read
from updates.domain.decision import ReleaseView
from updates.domain.release_state import ON_CHANNEL, ReleaseState
from updates.models import Bundle, Release
from updates.selectors.failures import version_fails
from updates.selectors.native_builds import builds_lacking
from updates.selectors.receipts import EVER_RECEIVED, RECEIVED

# What devices may still be told to run, or to go on from; what was taken back hurries nobody.
_COUNTS: Final = ON_CHANNEL | {ReleaseState.SUPERSEDED}


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was withdrawn: contents as (app id, SHA-256), and every version of them, by app."""

    contents: frozenset[tuple[str, str]]
    versions: Mapping[str, frozenset[str]]


class _Gone(NamedTuple):
    """A release that went live on a channel, and when in its order."""

    live_seq: int
    version: str
    hurries: bool


class _Hurry:
    """Which releases of a channel are mandatory, and who has those behind them."""

    def __init__(self, gone_live: Iterable[_Gone]) -> None:
        self._gone_live: Final = tuple(gone_live)

    def of(self, live_seq: int) -> tuple[bool, frozenset[str]]:
        """Say of a release whether it hurries, and which running versions need not."""
        since = max(
            (gone.live_seq for gone in self._gone_live if gone.hurries and gone.live_seq <= live_seq),
            default=0,
        )
        if not since:
            return False, frozenset()
        if since == live_seq:
            return True, frozenset()
        return True, frozenset(gone.version for gone in self._gone_live if gone.live_seq >= since)


def withdrawn_read(apps: Q) -> Withdrawn:
    """Read what was withdrawn; content is, under whatever version it was uploaded."""
    contents = frozenset(
        Bundle.objects.filter(apps, withdrawn_at__isnull=False).values_list("app_id", "archive_id")
    )
    versions: dict[str, set[str]] = defaultdict(set)
    same = Bundle.objects.filter(apps, archive_id__in={sha256 for _, sha256 in contents})
    for app_id, sha256, version in same.values_list("app_id", "archive_id", "version"):
        if (app_id, sha256) in contents:
            versions[app_id].add(version)
    return Withdrawn(contents, {app_id: frozenset(found) for app_id, found in versions.items()})


def views_on_channels(apps: Q, withdrawn: Withdrawn) -> dict[int, tuple[ReleaseView, ...]]:
    """Read the releases on each channel, the last to go live first."""
    by_channel: dict[int, list[ReleaseView]] = defaultdict(list)
    hurries = _hurries(apps)
    for release, view in _views(served_now(apps), withdrawn, hurries):
        by_channel[release.channel_id].append(view)
    return {channel_id: tuple(views) for channel_id, views in by_channel.items()}


def served_now(releases: Q) -> Q:
    """Select, of some channels' releases, those that devices are served: on their channel, with a receipt."""
    return (releases & Q(state__in=ON_CHANNEL) & Q(EVER_RECEIVED)) | Q(pk__in=stand_ins(releases))


def stand_ins(releases: Q) -> set[int]:
    """Name the superseded releases that are served because what took their place has had no receipt yet.

    That one is as if it weren't there. Where the one beneath it has had none either, or was withdrawn
    meanwhile, the next one stands in.
    """
    found: set[int] = set()
    on_channel = Release.objects.filter(releases, ~EVER_RECEIVED, state__in=ON_CHANNEL)
    absent = set(on_channel.values_list("pk", flat=True))
    while absent:
        beneath = Release.objects.filter(superseded_by__in=absent)
        there = Q(EVER_RECEIVED, state=ReleaseState.SUPERSEDED.value)
        found |= set(beneath.filter(there).values_list("pk", flat=True))
        absent = set(beneath.exclude(pk__in=found).values_list("pk", flat=True))
    return found


def views_forced(apps: Q, release_ids: Iterable[int], withdrawn: Withdrawn) -> dict[int, ReleaseView]:
    """Read releases that devices are forced to: any that had a receipt once and whose file is still there."""
    there = Q(EVER_RECEIVED, live_seq__isnull=False, bundle__removed_at=None)
    forced = apps & Q(pk__in=release_ids) & there
    return {release.pk: view for release, view in _views(forced, withdrawn, {})}


def versions_taken_back(apps: Q) -> dict[int, frozenset[str]]:
    """Name what was rolled back on channels that are paused; on others nobody needs to know."""
    rows = Release.objects.filter(apps, channel__paused_at__isnull=False, live_seq__isnull=False)
    states: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for channel_id, version, state in rows.values_list("channel_id", "bundle__version", "state"):
        states[channel_id][version].add(state)
    return {
        channel_id: frozenset(
            version
            for version, found in of_channel.items()
            if ReleaseState.ROLLED_BACK in found and not found & ON_CHANNEL
        )
        for channel_id, of_channel in states.items()
    }


def _views(
    which: Q, withdrawn: Withdrawn, hurries: Mapping[int, _Hurry]
) -> list[tuple[Release, ReleaseView]]:
    releases = list(
        Release.objects
        .filter(which)
        .select_related("bundle__archive")
        .defer("bundle__manifest", "bundle__findings", "notes", "check_answers")
        .annotate(fails=version_fails(), received=RECEIVED)
        .order_by("channel_id", "-live_seq")
    )
    lacking = builds_lacking(releases)
    return [
        (
            release,
            _view(
                release,
                withdrawn,
                lacking,
                hurries.get(release.channel_id),
                has_failures=release.fails,
                offered=release.received and _is_live(release),
            ),
        )
        for release in releases
    ]


def _is_live(release: Release) -> bool:
    """Tell whether a release that is served was live, and not stopped, when it was last on its channel."""
    superseded = release.state == ReleaseState.SUPERSEDED
    return (release.superseded_from if superseded else release.state) == ReleaseState.LIVE


def _view(
    release: Release,
    withdrawn: Withdrawn,
    lacking: Mapping[int, frozenset[tuple[str, str]]],
    hurry: _Hurry | None,
    *,
    has_failures: bool,
    offered: bool,
) -> ReleaseView:
    bundle = release.bundle
    hurries, unhurried = hurry.of(release.live_seq or 0) if hurry else (release.mandatory, frozenset())
    return ReleaseView(
        release_id=release.pk,
        release_seq=release.release_seq,
        version=bundle.version,
        bundle_sha256=bundle.archive_id,
        bundle_size=bundle.archive.size,
        manifest_sha256=bundle.manifest_sha256,
        rollout_bps=release.rollout_bps,
        rollout_salt=release.rollout_salt,
        native_min=release.native_min,
        native_max=release.native_max,
        offered=offered,
        audience=audience_read(release.audience),
        spread_minutes=release.spread_minutes,
        live_epoch=int(release.published_at.timestamp()) if release.published_at else 0,
        withdrawn=(release.app_id, bundle.archive_id) in withdrawn.contents,
        lacking=lacking.get(release.pk, frozenset()),
        has_failures=has_failures,
        hurries=hurries,
        unhurried=unhurried,
    )


def _hurries(apps: Q) -> dict[int, _Hurry]:
    """Read what went live on the channels that have a mandatory release; most have none."""
    mandatory = Release.objects.filter(apps, mandatory=True, state__in=_COUNTS)
    channel_ids = set(mandatory.values_list("channel_id", flat=True))
    if not channel_ids:
        return {}
    gone_live: dict[int, list[_Gone]] = defaultdict(list)
    rows = Release.objects.filter(channel_id__in=channel_ids, live_seq__isnull=False).values_list(
        "channel_id", "live_seq", "bundle__version", "mandatory", "state"
    )
    for channel_id, live_seq, version, is_mandatory, state in rows:
        hurries = is_mandatory and state in _COUNTS
        gone_live[channel_id].append(_Gone(live_seq or 0, version, hurries))
    return {channel_id: _Hurry(gone) for channel_id, gone in gone_live.items()}
