"""Registering native builds with the plugins in them, by which bundles are matched."""

import re
from datetime import datetime
from typing import Final

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.domain.native_plugins import native_fingerprint, native_packages_check, plugins_lacking
from updates.domain.release_state import ON_CHANNEL
from updates.domain.version import native_bound_check
from updates.errors import ConflictError, InvalidValueError, NotFoundError
from updates.models import App, Channel, NativeBuild, Release
from updates.services.decisions import channel_served_changed
from updates.services.locks import app_lock, channel_lock

_BUILD_NUMBER: Final = re.compile(r"[0-9A-Za-z._-]{0,32}\Z")
_VERSION_MAX: Final = 32


def native_build_register(
    *, app: App, platform: str, version: str, build_number: str = "", plugins: object, actor: Actor
) -> tuple[NativeBuild, bool]:
    """Make a build known; bundles that need a plugin it lacks aren't offered to it from now on.

    Args:
        app: The app.
        platform: One of its platforms.
        version: Native version, as its devices report it.
        build_number: The store's number of the build; empty where one version has one build.
        plugins: The native plugins in it, as `{name: version}`.
        actor: Who registers it.

    Returns:
        The build, and whether it's new: the same with the same plugins is no error.

    Raises:
        InvalidValueError: Not a platform of the app, no version, or no list of plugins.
        ConflictError: It's registered with other plugins.
    """
    now = clock.now()
    checked = native_packages_check(plugins)
    _names_check(app, platform, version, build_number)
    with transaction.atomic():
        app = app_lock(app.pk)
        named = {"app": app, "platform": platform, "version": version, "build_number": build_number}
        known = NativeBuild.objects.filter(**named).first()
        if known is not None:
            return _known(known, checked), False
        build = NativeBuild.objects.create(
            **named,
            plugins=checked,
            fingerprint=native_fingerprint(checked),
            registered_at=now,
            registered_by=f"{actor.kind.value}:{actor.id}",
        )
        _served_changed(build)
        _record(Action.NATIVE_BUILD_REGISTERED, build, actor, now)
    return build, True


def native_build_remove(*, build: NativeBuild, actor: Actor) -> None:
    """Forget a build; what wasn't offered to it because of its plugins is offered again.

    Raises:
        NotFoundError: It's gone already.
    """
    now = clock.now()
    with transaction.atomic():
        app_lock(build.app_id)
        known = NativeBuild.objects.filter(pk=build.pk).first()
        if known is None:
            raise NotFoundError("This native build is gone already.")
        known.delete()
        _served_changed(known)
        _record(Action.NATIVE_BUILD_REMOVED, build, actor, now)


def _names_check(app: App, platform: str, version: str, build_number: str) -> None:
    if platform not in app.platforms:
        raise InvalidValueError(f"{app.name} doesn't ship on {platform[:20]}.")
    if not version or len(version) > _VERSION_MAX:
        raise InvalidValueError("A native version has 1 to 32 characters.")
    native_bound_check(version)
    if not _BUILD_NUMBER.match(build_number):
        raise InvalidValueError("A build number is at most 32 letters, digits, dots, dashes and underscores.")


def _known(known: NativeBuild, plugins: dict[str, str]) -> NativeBuild:
    if known.plugins != plugins:
        raise ConflictError(
            f"{known} is registered with other plugins. Remove it first, or give it another build number."
        )
    return known


def _served_changed(build: NativeBuild) -> None:
    """Announce on every channel that serves a bundle which this build lacks something for."""
    releases = Release.objects.filter(
        app_id=build.app_id, state__in=sorted(ON_CHANNEL), bundle__native_packages__isnull=False
    ).select_related("bundle", "channel")
    concerned: dict[int, Channel] = {
        release.channel_id: release.channel
        for release in releases.defer("bundle__manifest")
        if plugins_lacking(release.bundle.native_packages or {}, build.plugins)
    }
    for pk in sorted(concerned):
        channel_served_changed(channel_lock(concerned[pk]))


def _record(action: Action, build: NativeBuild, actor: Actor, now: datetime) -> None:
    audit_record(
        action=action,
        actor=actor,
        now=now,
        app_id=build.app_id,
        subject=("native_build", f"{build.platform} {build.version}"),
        detail={"build_number": build.build_number, "fingerprint": build.fingerprint},
    )
