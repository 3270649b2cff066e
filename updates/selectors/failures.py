"""On which devices versions failed, by their own word, and which of them aren't offered the version again."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from updates.backends.failures import FailedVersion
from updates.domain.failure_words import failure_words
from updates.domain.outcomes import TAKEN_BACK, Outcome
from updates.domain.rollups import HEALTH
from updates.models import BLOCKS, Device, DeviceEvent, InstallOutcome, Release

# Of what a device says beside an action, as much as a line of a list holds.
LONGEST_SAID: Final = 200
_PER_BATCH: Final = 1000
# Health events of a page of devices that are looked through for what went wrong.
_LOOKED_THROUGH: Final = 1000


def version_fails() -> Exists:
    """Ask, inside a query of releases, whether their version isn't offered to some device any more."""
    return Exists(
        InstallOutcome.objects.filter(BLOCKS, app=OuterRef("app_id"), version=OuterRef("bundle__version"))
    )


def outcomes_blocking(failed_version: FailedVersion) -> QuerySet[InstallOutcome]:
    """Select what keeps devices from a version."""
    return InstallOutcome.objects.filter(
        BLOCKS, app=failed_version.app_id, version=failed_version.version
    ).order_by("device_id")


def devices_blocked(failed_version: FailedVersion, device_ids: Collection[str]) -> set[str]:
    """Pick the devices that are kept from a version."""
    found = outcomes_blocking(failed_version).filter(device_id__in=device_ids)
    return set(found.values_list("device_id", flat=True))


def devices_blocked_walk(failed_version: FailedVersion) -> Iterator[list[str]]:
    """Go through all devices that are kept from a version.

    Yields:
        Some of them at a time.
    """
    last = ""
    while True:
        later = outcomes_blocking(failed_version).filter(device_id__gt=last)
        batch = list(later.values_list("device_id", flat=True)[:_PER_BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1]


def failures_counted() -> dict[FailedVersion, int]:
    """Count the devices that are kept from each version that failed anywhere."""
    rows = InstallOutcome.objects.filter(BLOCKS).values_list("app_id", "version").order_by()
    return {
        FailedVersion(app_id, version): devices
        for app_id, version, devices in rows.annotate(devices=Count("*"))
    }


@dataclass(frozen=True, slots=True)
class FailureReason:
    """Devices on which a version failed in one way."""

    action: str
    devices: int

    @property
    def words(self) -> str:
        """What it means."""
        return failure_words(self.action)


@dataclass(frozen=True, slots=True)
class ReleaseFailures:
    """The devices on which a release failed, and how many of them aren't offered it again."""

    reasons: tuple[FailureReason, ...]
    devices: int
    kept: int


@dataclass(frozen=True, slots=True)
class FailedDevice:
    """A version that failed on a device.

    Attributes:
        said: What the app reported last of itself while it ran the version; empty if it reported nothing.
        device: None where the device has been erased since.
    """

    device_id: str
    version: str
    channel_name: str
    action: str
    failed_at: datetime
    allowed_at: datetime | None
    said: str = ""
    device: Device | None = None

    @property
    def words(self) -> str:
        """Why it failed."""
        return failure_words(self.action)

    @property
    def is_kept(self) -> bool:
        """Whether the device isn't offered the version again; the same rule as `BLOCKS`."""
        return self.action in TAKEN_BACK and self.allowed_at is None


def release_failures(*, release: Release) -> ReleaseFailures:
    """Count the devices on which a release failed, by reason; those of its channel."""
    rows = _failed_on(release).values_list("reason").order_by()
    counted = rows.annotate(devices=Count("*"), kept=Count("pk", filter=Q(allowed_at=None)))
    counts = sorted(counted, key=lambda row: (-row[1], row[0]))
    return ReleaseFailures(
        reasons=tuple(FailureReason(reason, devices) for reason, devices, _ in counts),
        devices=sum(devices for _, devices, _ in counts),
        kept=sum(kept for reason, _, kept in counts if reason in TAKEN_BACK),
    )


def failed_outcomes(*, release: Release) -> QuerySet[InstallOutcome]:
    """The devices on which a release failed, last failed first."""
    return _failed_on(release).order_by("-decided_at", "-pk")


def failed_devices(outcomes: Sequence[InstallOutcome]) -> list[FailedDevice]:
    """Tell of some failures of one version all that a list shows, in two queries."""
    if not outcomes:
        return []
    app_id, version = outcomes[0].app_id, outcomes[0].version
    ids = [row.device_id for row in outcomes]
    devices = {row.device_id: row for row in Device.objects.filter(app=app_id, device_id__in=ids)}
    said = _said(app_id, version, ids)
    return [
        _failed_device(row, said=said.get(row.device_id, ""), device=devices.get(row.device_id))
        for row in outcomes
    ]


def failures_of_device(*, device: Device) -> list[FailedDevice]:
    """What failed on a device, last failed first."""
    outcomes = InstallOutcome.objects.filter(
        app=device.app_id, device_id=device.device_id, outcome=Outcome.FAILED.value
    )
    return [_failed_device(row, device=device) for row in outcomes.order_by("-decided_at")]


def _failed_on(release: Release) -> QuerySet[InstallOutcome]:
    return InstallOutcome.objects.filter(
        app=release.app_id,
        version=release.bundle.version,
        channel_name=release.channel.name,
        outcome=Outcome.FAILED.value,
    )


def _failed_device(row: InstallOutcome, *, said: str = "", device: Device | None = None) -> FailedDevice:
    return FailedDevice(
        device_id=row.device_id,
        version=row.version,
        channel_name=row.channel_name,
        action=row.reason,
        failed_at=row.decided_at,
        allowed_at=row.allowed_at,
        said=said,
        device=device,
    )


def _said(app_id: str, version: str, device_ids: Collection[str]) -> dict[str, str]:
    """Find what went wrong, as the apps themselves reported it: a crash, an error of a script."""
    events = DeviceEvent.objects.filter(
        app=app_id, device_id__in=device_ids, version=version, action__in=HEALTH
    ).exclude(detail={})
    rows = events.order_by("received_at").values_list("device_id", "action", "detail")[:_LOOKED_THROUGH]
    return {device_id: _line(action, detail) for device_id, action, detail in rows}


def _line(action: str, detail: dict[str, str]) -> str:
    text = detail.get("message") or "; ".join(f"{name} {value}" for name, value in detail.items())
    return f"{action}: {text}"[:LONGEST_SAID]
