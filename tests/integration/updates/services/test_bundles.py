import hashlib
import stat
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from tests.support.shipping import app_made, bundle_made, recorded, upload_file, zip_of
from tests.support.zip_forge import Forged, forge_zip, index
from updates.backends.storage import archive_path
from updates.domain.bundle_archive.errors import BundlePathTraversalError, BundleTooLargeError
from updates.errors import InvalidValueError, VersionReusedError
from updates.models import App, Bundle, StoredArchive
from updates.services import bundle_upload

DATA = zip_of("1.0.0")
SECOND_FILE_SYSTEM = Path("/dev/shm")  # noqa: S108 (any file system other than that of the store)
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(autouse=True)
def bundle_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.BUNDLE_DIR = tmp_path / "bundles"
    return tmp_path / "bundles"


def test_a_bundle_is_stored_under_its_hash_and_described(app: App, rita: User, bundle_dir: Path) -> None:
    upload = upload_file(DATA)
    bundle, created = bundle_upload(app=app, version="1.0.0", upload=upload, actor=rita.actor)
    assert created
    assert (bundle.archive_id, bundle.archive.size, bundle.file_count) == (SHA256, len(DATA), 2)
    assert [file["path"] for file in bundle.manifest] == ["index.html", "version.txt"]
    stored = archive_path(SHA256)
    assert stored == bundle_dir / SHA256[:2] / f"{SHA256}.zip"
    assert stored.read_bytes() == DATA
    assert stat.S_IMODE(stored.stat().st_mode) == 0o640
    assert not upload.exists()
    (event,) = recorded(Action.BUNDLE_UPLOADED)
    assert (event.detail["sha256"], event.actor_id) == (SHA256, str(rita.pk))


def test_the_same_version_with_the_same_content_is_the_same_bundle(app: App) -> None:
    first = bundle_made(app, "1.0.0")
    again, created = bundle_upload(app=app, version="1.0.0", upload=upload_file(DATA), actor=SYSTEM)
    assert (again, created) == (first, False)
    assert len(recorded(Action.BUNDLE_UPLOADED)) == 1


def test_content_is_stored_once_whichever_apps_and_versions_name_it(app: App, bundle_dir: Path) -> None:
    for owner, version in [(app, "1.0.0"), (app, "1.0.1"), (app_made("com.example.other"), "7.0.0")]:
        bundle_upload(app=owner, version=version, upload=upload_file(DATA), actor=SYSTEM)
    assert (Bundle.objects.count(), StoredArchive.objects.count()) == (3, 1)
    assert len([path for path in bundle_dir.rglob("*") if path.is_file()]) == 1


def test_a_version_is_never_reused_for_other_content(app: App, bundle_dir: Path) -> None:
    bundle_made(app, "1.0.0")
    with pytest.raises(VersionReusedError):
        bundle_upload(app=app, version="1.0.0", upload=upload_file(zip_of("other")), actor=SYSTEM)
    assert (Bundle.objects.count(), StoredArchive.objects.count()) == (1, 1)
    assert len([path for path in bundle_dir.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    "version", ["builtin", "1", "1.0", "v1.0.0", "01.0.0", "1.0.0 ", "latest", "", "1.0.٣"]
)
def test_a_version_is_strict_semver(app: App, version: str) -> None:
    with pytest.raises(InvalidValueError):
        bundle_upload(app=app, version=version, upload=upload_file(DATA), actor=SYSTEM)


def test_a_refused_upload_leaves_only_its_record_behind(app: App, rita: User, bundle_dir: Path) -> None:
    upload = upload_file(forge_zip([index(), Forged("../evil.js")]))
    with pytest.raises(BundlePathTraversalError):
        bundle_upload(app=app, version="1.0.0", upload=upload, actor=rita.actor)
    assert not Bundle.objects.exists()
    assert not StoredArchive.objects.exists()
    assert not bundle_dir.exists()
    (event,) = recorded(Action.BUNDLE_REFUSED)
    assert (event.outcome, event.object_id, event.actor_id) == ("denied", "1.0.0", str(rita.pk))
    assert event.detail == {"code": "bundle_path_traversal"}


def test_the_limits_are_the_settings(app: App, settings: Settings) -> None:
    settings.BUNDLE_MAX_BYTES = len(DATA) - 1
    with pytest.raises(BundleTooLargeError):
        bundle_upload(app=app, version="1.0.0", upload=upload_file(DATA), actor=SYSTEM)


def test_a_stored_file_that_was_cut_off_is_replaced(app: App) -> None:
    archive_path(SHA256).parent.mkdir(parents=True)
    archive_path(SHA256).write_bytes(DATA[:10])
    bundle_made(app, "1.0.0")
    assert archive_path(SHA256).read_bytes() == DATA


@pytest.mark.skipif(not SECOND_FILE_SYSTEM.is_dir(), reason="needs a second file system")
def test_an_upload_on_another_file_system_is_moved_too(app: App) -> None:
    upload = SECOND_FILE_SYSTEM / f"rc-{Path(settings.UPLOAD_DIR).parent.parent.name}.zip"
    upload.write_bytes(DATA)
    try:
        bundle_upload(app=app, version="1.0.0", upload=upload, actor=SYSTEM)
        assert not upload.exists()
    finally:
        upload.unlink(missing_ok=True)
    assert archive_path(SHA256).read_bytes() == DATA
    assert [path.suffix for path in archive_path(SHA256).parent.iterdir()] == [".zip"]
