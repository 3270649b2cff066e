"""Taking in bundles: inspected without holding any lock, then stored, then recorded.

`bundle_upload` is all of it. Its two halves are there for callers that put the second half into a larger
transaction: an inspection may take seconds, and a write lock must not be held for so long.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from compliance.ledger.domain.events import Action, Actor, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.backends.storage import archive_store
from updates.domain.bundle_archive import BundleFacts, BundleLimits, bundle_inspect
from updates.domain.native_plugins import native_fingerprint, native_packages_check
from updates.domain.version import bundle_version_check, is_bundle_version
from updates.errors import BundleGoneError, InvalidValueError, UpdatesError, VersionReusedError
from updates.models import App, Bundle, StoredArchive
from updates.services.locks import app_lock


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """An upload that passed every check; `path` must not be written to any more."""

    path: Path
    version: str
    facts: BundleFacts
    native_packages: Mapping[str, str] | None


def bundle_upload(
    *, app: App, version: str, upload: Path, native_packages: object = None, actor: Actor
) -> tuple[Bundle, bool]:
    """Check an uploaded zip and keep it as a version of an app.

    Args:
        app: The app.
        version: A semantic version, never used for other content.
        upload: The file. Moved into the store when it's accepted and new there; else the caller's to remove.
        native_packages: Native plugins it was built against, as `{name: version}`; None: it says so itself,
            in its `native-packages.json`, or nobody does.
        actor: Who uploads.

    Returns:
        The bundle, and whether it's new: the same version with the same content is no error.

    Raises:
        BundleError: A rule of `updates.domain.bundle_archive` is broken.
        InvalidValueError: Not a semantic version, no list of plugins, or another one than the bundle's own.
        VersionReusedError: The version names other content, or the same with other plugins.
        BundleGoneError: This content was withdrawn under another version.
    """
    checked = bundle_check(
        app=app, version=version, upload=upload, native_packages=native_packages, actor=actor
    )
    return bundle_add(app=app, checked=checked, actor=actor)


def bundle_check(
    *, app: App, version: str, upload: Path, native_packages: object = None, actor: Actor
) -> CheckedUpload:
    """Inspect an upload; a refusal is recorded in a transaction of its own.

    Raises:
        UpdatesError: As in `bundle_upload`.
    """
    now = clock.now()
    try:
        bundle_version_check(version)
        with upload.open("rb") as file:
            facts = bundle_inspect(file, limits=_limits())
        checked = CheckedUpload(upload, version, facts, _packages(native_packages, facts))
        if _known_bundle(app, checked) is None:
            _not_withdrawn_check(app, checked)
    except UpdatesError as error:
        bundle_refusal_record(app_id=app.pk, version=version, error=error, actor=actor, now=now)
        raise
    return checked


def bundle_add(*, app: App, checked: CheckedUpload, actor: Actor) -> tuple[Bundle, bool]:
    """Store a checked upload and record its bundle; one whose file retention removed has it again.

    Raises:
        VersionReusedError: The version names other content by now.
        BundleGoneError: This content was withdrawn under another version.
    """
    now = clock.now()
    facts = checked.facts
    with transaction.atomic():
        app = app_lock(app.pk)
        known = _known_bundle(app, checked)
        if known and (known.removed_at is None or known.withdrawn_at):
            return known, False
        if known is None:
            _not_withdrawn_check(app, checked)
        archive = _archive_keep(checked, now)
        if known:
            known.removed_at, known.uploaded_at = None, now
            known.save(update_fields=["removed_at", "uploaded_at"])
            _uploaded(known, facts, actor, now)
            return known, False
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
            native_packages=checked.native_packages,
            native_fingerprint=native_fingerprint(checked.native_packages),
            findings=[asdict(finding) for finding in facts.findings],
        )
        _uploaded(bundle, facts, actor, now)
    return bundle, True


def _archive_keep(checked: CheckedUpload, now: datetime) -> StoredArchive:
    """Store the file under its row's lock: retention removes a file under the same one."""
    archive, _ = StoredArchive.objects.get_or_create(
        sha256=checked.facts.sha256, defaults={"size": checked.facts.size, "stored_at": now}
    )
    archive = StoredArchive.objects.select_for_update().get(pk=archive.pk)
    archive_store(upload=checked.path, sha256=checked.facts.sha256)
    return archive


def bundle_refusal_record(
    *, app_id: str, version: str, error: UpdatesError, actor: Actor, now: datetime
) -> None:
    """Record that an upload was refused and by which rule; no name out of a hostile archive is kept."""
    is_version = is_bundle_version(version)  # else it's whatever somebody typed
    asked = {} if is_version or not version else {"asked_version": version[:64]}
    audit_record(
        action=Action.BUNDLE_REFUSED,
        actor=actor,
        now=now,
        outcome=Outcome.DENIED,
        app_id=app_id,
        subject=("bundle", version if is_version else ""),
        detail={"code": error.code, **asked},
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
            "native_fingerprint": bundle.native_fingerprint,
            "findings": sorted({finding.code.value for finding in facts.findings}),
        },
    )


def _limits() -> BundleLimits:
    return BundleLimits(
        max_bytes=settings.BUNDLE_MAX_BYTES,
        max_unpacked_bytes=settings.BUNDLE_MAX_UNPACKED_BYTES,
        max_entries=settings.BUNDLE_MAX_ENTRIES,
    )


def _packages(told: object, facts: BundleFacts) -> Mapping[str, str] | None:
    """Settle what the bundle needs, by who uploads it and by the bundle's own word.

    Raises:
        InvalidValueError: No list of plugins, or the two disagree.
    """
    if told is None:
        return facts.native_packages
    packages = native_packages_check(told)
    if facts.native_packages is not None and facts.native_packages != packages:
        raise InvalidValueError("The bundle's own native-packages.json names other native plugins.")
    return packages


def _not_withdrawn_check(app: App, checked: CheckedUpload) -> None:
    """Refuse under a new name what nobody may have: published, it would push aside what devices may have.

    Raises:
        BundleGoneError: This content was withdrawn.
    """
    same = Bundle.objects.filter(app=app, archive=checked.facts.sha256, withdrawn_at__isnull=False)
    if withdrawn := same.first():
        raise BundleGoneError(f"This content was withdrawn as {withdrawn.version}. Nobody may have it.")


def _known_bundle(app: App, checked: CheckedUpload) -> Bundle | None:
    """Find the bundle if it's there already; saying nothing of its plugins doesn't contradict what was said.

    Raises:
        VersionReusedError: The version names something else.
    """
    version = checked.version
    known = Bundle.objects.filter(app=app, version=version).select_related("archive").first()
    if known is None:
        return None
    if known.archive_id != checked.facts.sha256:
        raise VersionReusedError(f"{version} already names other content. Upload it under a new version.")
    if checked.native_packages is not None and checked.native_packages != known.native_packages:
        raise VersionReusedError(f"{version} was uploaded with other native plugins. Use a new version.")
    return known
