"""Taking in bundles: inspected without holding any lock, then stored, then recorded.

`bundle_upload` is all of it. Its two halves are there for callers that put the second half into a larger
transaction: an inspection may take seconds, and a write lock must not be held for so long.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from compliance.ledger.domain.events import Action, Actor, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.backends.storage import archive_store
from updates.domain.bundle_archive import BundleFacts, BundleLimits, bundle_inspect
from updates.domain.version import bundle_version_check
from updates.errors import UpdatesError, VersionReusedError
from updates.models import App, Bundle, StoredArchive
from updates.services.locks import app_lock


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """An upload that passed every check; `path` must not be written to any more."""

    path: Path
    version: str
    facts: BundleFacts


def bundle_upload(*, app: App, version: str, upload: Path, actor: Actor) -> tuple[Bundle, bool]:
    """Check an uploaded zip and keep it as a version of an app.

    Args:
        app: The app.
        version: A semantic version, never used for other content.
        upload: The file. Moved into the store when it's accepted and new there; else the caller's to remove.
        actor: Who uploads.

    Returns:
        The bundle, and whether it's new: the same version with the same content is no error.

    Raises:
        BundleError: A rule of `updates.domain.bundle_archive` is broken.
        InvalidValueError: Not a semantic version.
        VersionReusedError: The version names other content.
    """
    checked = bundle_check(app=app, version=version, upload=upload, actor=actor)
    return bundle_add(app=app, checked=checked, actor=actor)


def bundle_check(*, app: App, version: str, upload: Path, actor: Actor) -> CheckedUpload:
    """Inspect an upload; a refusal is recorded in a transaction of its own.

    Raises:
        UpdatesError: As in `bundle_upload`.
    """
    now = clock.now()
    try:
        bundle_version_check(version)
        with upload.open("rb") as file:
            facts = bundle_inspect(file, limits=_limits())
        _known_bundle(app, version, facts)
    except UpdatesError as error:
        bundle_refusal_record(app_id=app.pk, version=version, error=error, actor=actor, now=now)
        raise
    return CheckedUpload(path=upload, version=version, facts=facts)


def bundle_add(*, app: App, checked: CheckedUpload, actor: Actor) -> tuple[Bundle, bool]:
    """Store a checked upload and record its bundle.

    Raises:
        VersionReusedError: The version names other content by now.
    """
    now = clock.now()
    facts = checked.facts
    with transaction.atomic():
        app = app_lock(app.pk)
        if known := _known_bundle(app, checked.version, facts):
            return known, False
        archive_store(upload=checked.path, sha256=facts.sha256)
        archive, _ = StoredArchive.objects.get_or_create(
            sha256=facts.sha256, defaults={"size": facts.size, "stored_at": now}
        )
        bundle = Bundle.objects.create(
            app=app,
            version=checked.version,
            archive=archive,
            file_count=len(facts.files),
            unpacked_size=facts.unpacked_size,
            manifest=facts.manifest,
            manifest_sha256=facts.manifest_sha256,
            uploaded_at=now,
            uploaded_by=f"{actor.kind.value}:{actor.id}",
        )
        _uploaded(bundle, facts, actor, now)
    return bundle, True


def bundle_refusal_record(
    *, app_id: str, version: str, error: UpdatesError, actor: Actor, now: datetime
) -> None:
    """Record that an upload was refused and by which rule; no name out of a hostile archive is kept."""
    audit_record(
        action=Action.BUNDLE_REFUSED,
        actor=actor,
        now=now,
        outcome=Outcome.DENIED,
        app_id=app_id,
        subject=("bundle", version[:64]),
        detail={"code": error.code},
    )


def _uploaded(bundle: Bundle, facts: BundleFacts, actor: Actor, now: datetime) -> None:
    audit_record(
        action=Action.BUNDLE_UPLOADED,
        actor=actor,
        now=now,
        app_id=bundle.app_id,
        subject=("bundle", bundle.version),
        detail={
            "sha256": facts.sha256,
            "size": facts.size,
            "files": len(facts.files),
            "manifest_sha256": facts.manifest_sha256,
        },
    )


def _limits() -> BundleLimits:
    return BundleLimits(
        max_bytes=settings.BUNDLE_MAX_BYTES,
        max_unpacked_bytes=settings.BUNDLE_MAX_UNPACKED_BYTES,
        max_entries=settings.BUNDLE_MAX_ENTRIES,
    )


def _known_bundle(app: App, version: str, facts: BundleFacts) -> Bundle | None:
    known = Bundle.objects.filter(app=app, version=version).select_related("archive").first()
    if known is not None and known.archive_id != facts.sha256:
        raise VersionReusedError(f"{version} already names other content. Upload it under a new version.")
    return known
