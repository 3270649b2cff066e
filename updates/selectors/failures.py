"""On which devices versions failed, by their own word, and which of them aren't offered the version again."""

from collections.abc import Collection, Iterator

from django.db.models import Count, Exists, OuterRef, QuerySet

from updates.backends.failures import FailedVersion
from updates.models import BLOCKS, InstallOutcome

_PER_BATCH = 1000


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
