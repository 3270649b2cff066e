"""Releases of a channel, an app and a bundle, and what a rollback would do to a channel's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.domain.access import All, OpenTo
from updates.domain.release_state import ON_CHANNEL, ReleaseState
from updates.domain.rollback import Standing, rollback_plan, rollback_targets
from updates.errors import NotFoundError
from updates.models import App, Bundle, Channel, Device, Release
from updates.selectors.apps import on_channels
from updates.selectors.receipts import RECEIVED


@dataclass(frozen=True, slots=True)
class RollbackPreview:
    """What a rollback would do now.

    Attributes:
        channel: Where.
        rolled_back: Releases that would be taken back.
        now_live: The full release that would be served; None: the built-in bundle.
        serves_builtin: Whether devices would go back to what the store delivered.
        stays: Releases that stay on top of it.
        devices: Those that last reported a version that would be taken back.
        without_way_back: Those of them that hold, since their plugin can't go to the built-in bundle.
        elsewhere: Releases of other channels that a withdrawal would take back too.
        devices_elsewhere: Those that last reported one of these, on their channels.
    """

    channel: Channel
    rolled_back: list[Release]
    now_live: Release | None
    serves_builtin: bool
    stays: list[Release]
    devices: int
    without_way_back: int
    elsewhere: list[Release]
    devices_elsewhere: int


def releases_of(*, channel: Channel) -> QuerySet[Release]:
    """Releases of a channel, newest first, without their bundles' file lists."""
    releases = Release.objects.filter(channel=channel).select_related("bundle", "channel")
    return releases.prefetch_related("receipts").defer("bundle__manifest").order_by("-release_seq")


def channel_standings(channel: Channel) -> list[Standing]:
    """Where each release of a channel that ever went live stands, as the domain's rules need it."""
    releases = Release.objects.filter(channel=channel, live_seq__isnull=False).select_related("bundle")
    rows = releases.only(
        "release_seq",
        "live_seq",
        "rollout_bps",
        "targeted",
        "state",
        "halted_at",
        "bundle__version",
        "bundle__archive_id",
        "bundle__withdrawn_at",
        "bundle__removed_at",
    )
    return [
        Standing(
            release_seq=row.release_seq,
            live_seq=row.live_seq or 0,
            version=row.bundle.version,
            content=row.bundle.archive_id,
            full=row.is_full,
            state=ReleaseState(row.state),
            available=row.bundle.withdrawn_at is None and row.bundle.removed_at is None,
            halted=row.halted_at is not None,
        )
        for row in rows
    ]


def rollback_preview(
    *, channel: Channel, to: str | None, only: int | None = None, withdraw: bool = False
) -> RollbackPreview:
    """Say what a rollback would do, by the same rules as the act itself.

    Raises:
        NothingToRollBackError: Nothing is on the channel, or not the release that alone is to go.
        NotFoundError: No full release of that version was ever on the channel.
        ReleaseStateError: That version is what is served, or newer.
        BundleGoneError: That version was withdrawn, or its file removed.
    """
    plan = rollback_plan(channel_standings(channel), to=to, only=only, withdraws=withdraw)
    releases = {release.release_seq: release for release in releases_of(channel=channel)}
    rolled_back = [releases[release_seq] for release_seq in plan.rolled_back]
    elsewhere = _of_same_content(rolled_back) if withdraw else []
    running, stuck = _running_and_stuck(rolled_back)
    return RollbackPreview(
        channel=channel,
        rolled_back=rolled_back,
        now_live=releases[plan.now_live] if plan.now_live is not None else None,
        serves_builtin=plan.serves_builtin,
        stays=[
            one
            for one in releases.values()
            if one.state in ON_CHANNEL and one not in rolled_back and one.release_seq != plan.now_live
        ],
        devices=running,
        without_way_back=stuck if plan.serves_builtin else 0,
        elsewhere=elsewhere,
        devices_elsewhere=devices_running(elsewhere),
    )


def rollback_choices(channel: Channel) -> list[str]:
    """List the versions that a channel can be rolled back to by name, newest first."""
    return [standing.version for standing in rollback_targets(channel_standings(channel))]


def devices_running(releases: Iterable[Release]) -> int:
    """Count the devices that last reported one of these releases, each on its channel."""
    return Device.objects.filter(_on(releases)).count()


def _running_and_stuck(releases: Iterable[Release]) -> tuple[int, int]:
    """Count the same, and those of them whose plugin has no way back to the built-in bundle."""
    counted = Device.objects.filter(_on(releases)).aggregate(
        running=Count("pk"), stuck=Count("pk", filter=Q(has_way_back=False))
    )
    return counted["running"], counted["stuck"]


def _on(releases: Iterable[Release]) -> Q:
    on = Q(pk__in=[])
    for release in releases:
        on |= Q(app_id=release.app_id, channel_name=release.channel.name, version=release.bundle.version)
    return on


def _of_same_content(releases: Sequence[Release]) -> list[Release]:
    """Find what is on other channels with the same content as one of these releases."""
    contents = {release.bundle.archive_id for release in releases}
    same = Release.objects.filter(
        app_id__in={release.app_id for release in releases},
        bundle__archive__in=contents,
        state__in=ON_CHANNEL,
    ).exclude(pk__in=[release.pk for release in releases])
    return list(same.select_related("bundle", "channel").defer("bundle__manifest").order_by("channel__name"))


def release_of_app(*, app: App, release_seq: int) -> Release:
    """Find a release of an app by its number, with all that its page shows.

    Raises:
        NotFoundError: There is none.
    """
    releases = Release.objects.annotate(received=RECEIVED).select_related(
        "app", "channel", "bundle__archive", "published_by", "author", "promoted_from__channel"
    )
    release = releases.defer("bundle__manifest").filter(app=app, release_seq=release_seq).first()
    if release is None:
        raise NotFoundError(f"{app.name} has no release {release_seq}.")
    return release


def release_channel(*, app_id: str, release_seq: int) -> str:
    """Name the channel of a release: who may look at it depends on that.

    Raises:
        NotFoundError: There is no such release.
    """
    found = Release.objects.filter(app_id=app_id, release_seq=release_seq).values_list(
        "channel__name", flat=True
    )
    name = found.first()
    if name is None:
        raise NotFoundError(f"There is no release {release_seq} of {app_id}.")
    return name


def releases_of_bundle(*, bundle: Bundle, on: OpenTo = All.ALL) -> QuerySet[Release]:
    """Releases of a bundle on these channels, newest first."""
    releases = on_channels(Release.objects.filter(bundle=bundle), on, "channel__name").select_related(
        "bundle", "channel", "published_by"
    )
    return releases.defer("bundle__manifest")


def release_get(*, channel: Channel, release_seq: int) -> Release:
    """Find a release of a channel by its number.

    Raises:
        NotFoundError: There is none.
    """
    release = releases_of(channel=channel).filter(release_seq=release_seq).first()
    if release is None:
        raise NotFoundError(f"{channel.name} has no release {release_seq}.")
    return release
