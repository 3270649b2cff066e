"""Native builds that were registered, and which of them a bundle doesn't run in."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from updates.domain.native_plugins import plugins_lacking
from updates.domain.version import native_fits
from updates.errors import NotFoundError
from updates.models import App, NativeBuild, Release


@dataclass(frozen=True, slots=True)
class PluginNeed:
    """A plugin that a build lacks: what is needed, and what is there; empty: nothing."""

    name: str
    needed: str
    present: str


@dataclass(frozen=True, slots=True)
class BuildFit:
    """How a release goes with one build; `in_range` says whether its native range has the build at all."""

    build: NativeBuild
    in_range: bool
    lacking: tuple[PluginNeed, ...]

    @property
    def fits(self) -> bool:
        """Whether the bundle runs in it."""
        return not self.lacking


@dataclass(frozen=True, slots=True)
class NativeMatrix:
    """How a release goes with all builds of its channel's platforms, newest first.

    `said` is whether the bundle says what it needs; if not, nothing is compared. `overridden`: builds that
    lack something are offered it all the same.
    """

    rows: tuple[BuildFit, ...]
    said: bool
    overridden: bool

    @property
    def lacking(self) -> tuple[BuildFit, ...]:
        """Builds that the release would go to and that lack something."""
        return tuple(row for row in self.rows if row.in_range and row.lacking)


def builds_of(*, app: App) -> QuerySet[NativeBuild]:
    """Builds of an app, newest first."""
    return NativeBuild.objects.filter(app=app).order_by("-registered_at", "-pk")


def build_get(*, app: App, build_id: int) -> NativeBuild:
    """Find a build of an app.

    Raises:
        NotFoundError: There is none.
    """
    build = builds_of(app=app).filter(pk=build_id).first()
    if build is None:
        raise NotFoundError(f"{app.name} has no native build {build_id}.")
    return build


def native_matrix(release: Release) -> NativeMatrix:
    """Compare a release's bundle with every build of its channel's platforms; one query."""
    needed = release.bundle.native_packages
    builds = NativeBuild.objects.filter(app_id=release.app_id, platform__in=release.channel.platforms)
    rows = tuple(
        BuildFit(
            build,
            native_fits(build.version, release.native_min, release.native_max),
            tuple(
                PluginNeed(name, (needed or {})[name], build.plugins.get(name, ""))
                for name in plugins_lacking(needed or {}, build.plugins)
            ),
        )
        for build in builds.order_by("-registered_at", "-pk")
    )
    return NativeMatrix(rows, said=needed is not None, overridden=release.native_override)


def builds_short_of(*, app_id: str, needed: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """Name the builds of an app, by platform and native version, that lack a plugin of these."""
    builds = NativeBuild.objects.filter(app_id=app_id) if needed else NativeBuild.objects.none()
    return frozenset(
        (build.platform, build.version) for build in builds if plugins_lacking(needed, build.plugins)
    )


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
