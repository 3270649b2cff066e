"""Files in forms: what reaches the disk, and whose."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from pytest_django import Settings

from accounts.domain.roles import Permission
from accounts.models import User
from tests.support.actors import granted
from tests.support.people import signed_in
from tests.support.shipping import app_made, zip_of
from updates.models import Bundle

FORM = "/console/apps/com.example.clinic/bundles/upload/"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of all pieces that are written to disk."""
    sizes: list[int] = []
    write = TemporaryFileUploadHandler.receive_data_chunk

    def count(self: TemporaryFileUploadHandler, raw_data: bytes, start: int) -> bytes | None:
        sizes.append(len(raw_data))
        return write(self, raw_data, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", count)
    return sizes


@pytest.fixture(autouse=True)
def bundle_dir(settings: Settings, tmp_path: Path) -> None:
    settings.BUNDLE_DIR = tmp_path / "bundles"
    settings.BUNDLE_MAX_BYTES = 50_000


def file_of(size: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("www.zip", b"x" * size)


def leftovers() -> list[Path]:
    return list(Path(django_settings.UPLOAD_DIR).glob("*.upload.*"))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/console/login/", "/console/logout/", "/setup/x/", FORM])
def test_nothing_that_a_stranger_sends_reaches_the_disk(path: str, written: list[int]) -> None:
    # Checks against forgery as in life: it is they who read the body.
    client = Client(enforce_csrf_checks=True)
    client.get("/console/login/")
    answer = client.post(path, {"file": file_of(10_000)})
    assert answer.status_code == 403
    assert "allowed to do this" in answer.text
    assert written == []


def test_who_may_not_upload_leaves_nothing_either(ansel: User, olaf: User, written: list[int]) -> None:
    assert signed_in(ansel).post(FORM, {"file": file_of(10_000)}).status_code == 403
    assert signed_in(olaf).post(FORM, {"file": file_of(10_000)}).status_code == 404  # who may not even look
    assert written == []


def test_a_grant_lets_in_files_of_its_own_app_only(olaf: User, written: list[int]) -> None:
    granted(olaf, Permission.BUNDLE_UPLOAD, "com.example.other")
    client = signed_in(olaf)
    for path in (FORM, "/console/logout/", "/console/access/"):
        client.post(path, {"file": file_of(10_000)})
    assert written == []
    granted(olaf, Permission.BUNDLE_UPLOAD, "com.example.clinic")
    app_made()
    signed_in(olaf).post(FORM, {"version": "1.0.0", "file": SimpleUploadedFile("www.zip", zip_of("1.0.0"))})
    assert written
    assert Bundle.objects.get().version == "1.0.0"


def test_one_factor_is_not_enough(rita: User, written: list[int]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(rita)
    client.get("/console/login/")
    assert client.post(FORM, {"file": file_of(10_000)}).status_code == 403
    assert written == []


def test_of_too_large_a_file_only_the_limit_is_kept_and_the_form_says_so(
    rita: User, written: list[int]
) -> None:
    app_made()
    page = signed_in(rita).post(FORM, {"version": "1.0.0", "file": file_of(300_000)})
    assert page.status_code == 200
    assert b"A bundle may have 50,000 bytes" in page.content
    assert sum(written) == 50_001
    assert leftovers() == []


def test_a_bundle_still_comes_in_by_form(rita: User) -> None:
    app_made()
    file = SimpleUploadedFile("www.zip", zip_of("1.0.0"))
    assert signed_in(rita).post(FORM, {"version": "1.0.0", "file": file}).status_code == 302
    assert Bundle.objects.get().version == "1.0.0"
