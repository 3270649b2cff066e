"""Native builds that were registered, and which of them a bundle doesn't run in."""

from collections import defaultdict
from collections.abc import Collection

from updates.domain.native_plugins import plugins_lacking
from updates.models import NativeBuild, Release


def builds_lacking(releases: Collection[Release]) -> dict[int, frozenset[tuple[str, str]]]:
    """Say for each release, by its key, in which builds its bundle lacks a plugin.

    A build is named as devices name it: by platform and native version. Of several with one name it's enough
    that one lacks something. Releases without a list of plugins, and those that override, lack nothing; they
    need their bundles selected. One query.
    """
    checked = [one for one in releases if one.bundle.native_packages and not one.native_override]
    builds = defaultdict(list)
    for build in NativeBuild.objects.filter(app_id__in={one.app_id for one in checked}):
        builds[build.app_id].append(build)
    return {
        release.pk: frozenset(
            (build.platform, build.version)
            for build in builds[release.app_id]
            if plugins_lacking(release.bundle.native_packages or {}, build.plugins)
        )
        for release in checked
    }
