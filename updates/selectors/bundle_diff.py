"""Comparing two bundles of an app."""

from updates.domain.bundle_diff import BundleDiff, bundle_diff
from updates.models import Bundle


def bundles_compare(before: Bundle, after: Bundle) -> BundleDiff:
    """Say what differs; both need their file lists."""
    return bundle_diff(
        before.manifest,
        after.manifest,
        packages_before=before.native_packages,
        packages_after=after.native_packages,
    )


def comparable(bundle: Bundle) -> list[str]:
    """List the versions of the app that a bundle can be compared with, newest first."""
    others = Bundle.objects.filter(app_id=bundle.app_id).exclude(pk=bundle.pk).order_by("-pk")
    return list(others.values_list("version", flat=True)[:_OFFERED])


_OFFERED = 100
