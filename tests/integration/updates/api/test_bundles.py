from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from compliance.ledger.domain.events import Action
from tests.integration.updates.api.conftest import API, ROOT
from tests.support.shipping import bundle_made, recorded, zip_of
from tests.support.zip_forge import Forged, forge_zip, index
from updates.models import App, Bundle, IdempotencyRecord

PATH = f"{ROOT}/bundles"


def leftovers() -> list[Path]:
    return list(Path(django_settings.UPLOAD_DIR).glob("*.upload.*"))


def test_an_upload_is_accepted_and_described(api: API) -> None:
    answer = api.upload("1.0.0", zip_of("1.0.0"))
    bundle = Bundle.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "version": "1.0.0",
        "sha256": bundle.archive_id,
        "size": len(zip_of("1.0.0")),
        "file_count": 2,
        "unpacked_size": bundle.unpacked_size,
        "manifest_sha256": bundle.manifest_sha256,
        "native_packages": None,
        "native_fingerprint": "",
        "findings": [],
        "uploaded_at": answer.json()["uploaded_at"],
    }
    assert leftovers() == []
    assert recorded(Action.BUNDLE_UPLOADED)[0].actor_kind == "api_token"


def test_the_same_content_again_is_no_error(api: API) -> None:
    first, again = (api.upload("1.0.0", zip_of("1.0.0")) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_other_content_under_a_known_version_is_a_conflict(api: API) -> None:
    api.upload("1.0.0", zip_of("1.0.0"))
    answer = api.upload("1.0.0", zip_of("other"))
    assert (answer.status_code, answer.json()["code"]) == (409, "version_reused")


def test_a_hostile_zip_is_refused_with_its_code_and_leaves_nothing_behind(api: API, bundle_dir: Path) -> None:
    answer = api.upload("1.0.0", forge_zip([index(), Forged("../evil.js")]))
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "bundle_path_traversal")
    assert "../evil.js" in problem["detail"]
    assert not bundle_dir.exists()
    assert leftovers() == []
    assert recorded(Action.BUNDLE_REFUSED)[0].detail == {"code": "bundle_path_traversal"}


def test_a_refusal_stays_on_record_when_the_request_had_a_key(api: API) -> None:
    api.upload("1.0.0", b"PK", key="k1")
    assert len(recorded(Action.BUNDLE_REFUSED)) == 1
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize(
    "slack", [pytest.param(0, id="by its length"), pytest.param(10**6, id="while it comes")]
)
def test_too_large_a_file_is_refused(
    api: API, settings: Settings, monkeypatch: pytest.MonkeyPatch, slack: int
) -> None:
    monkeypatch.setattr("updates.api.uploads._FRAME_BYTES", slack)
    settings.BUNDLE_MAX_BYTES = 50_000
    answer = api.upload("1.0.0", b"x" * 200_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "bundle_too_large")
    assert leftovers() == []
    assert recorded(Action.BUNDLE_REFUSED)[0].detail == {"code": "bundle_too_large"}


def test_all_files_of_a_request_count(api: API, settings: Settings) -> None:
    settings.BUNDLE_MAX_BYTES = 50_000
    files = {name: SimpleUploadedFile(name, b"x" * 30_000) for name in ("file", "more")}
    answer = api.client.post(PATH, {"version": "1.0.0", **files})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        pytest.param({}, ["file", "version"], id="nothing"),
        pytest.param({"version": "1.0.0"}, ["file"], id="no file"),
        pytest.param({"version": "1.0.0", "file": "text"}, ["file"], id="text for a file"),
        pytest.param({"file": SimpleUploadedFile("w.zip", b"x")}, ["version"], id="no version"),
    ],
)
def test_missing_fields_are_named(api: API, fields: dict[str, Any], wrong: list[str]) -> None:
    answer = api.client.post(PATH, fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
    assert sorted(answer.json()["errors"]) == wrong


def test_a_version_that_is_no_semver_is_refused(api: API) -> None:
    answer = api.upload("latest", zip_of("1.0.0"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")


def test_an_empty_file_has_the_code_of_an_empty_bundle(api: API) -> None:
    assert api.upload("1.0.0", b"").json()["code"] == "bundle_empty"


def test_a_body_that_is_no_form_is_an_unsupported_media_type(api: API) -> None:
    answer = api.client.post(PATH, b"PK", content_type="application/zip")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_broken_form_is_malformed(api: API) -> None:
    answer = api.client.post(PATH, b"garbage", content_type="multipart/form-data")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


def test_an_upload_is_answered_again_under_its_key(api: API) -> None:
    first, again = (api.upload("1.0.0", zip_of("1.0.0"), key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert leftovers() == []


@pytest.mark.parametrize(("version", "content"), [("1.0.1", "1.0.0"), ("1.0.1", "1.0.1")])
def test_a_key_is_bound_to_version_and_content(api: API, version: str, content: str) -> None:
    api.upload("1.0.0", zip_of("1.0.0"), key="k1")
    answer = api.upload(version, zip_of(content), key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Bundle.objects.count() == 1


def test_bundles_are_listed_newest_first_in_pages(api: API, app: App) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        bundle_made(app, version)
    page = api.get(f"{PATH}?page_size=2").json()
    assert [bundle["version"] for bundle in page["results"]] == ["1.2.0", "1.1.0"]
    rest = api.get(page["next"]).json()
    assert [bundle["version"] for bundle in rest["results"]] == ["1.0.0"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "cursor",
    ["abcde", *(b64encode(place).decode() for place in (b"p=x", b"r=1&p=x", b"p=%00", b"p=" + b"9" * 99))],
)
@pytest.mark.parametrize("path", [PATH, f"{ROOT}/channels", "/api/v1/apps"])
def test_a_made_up_cursor_is_not_found_or_names_a_place(api: API, path: str, cursor: str) -> None:
    answer = api.client.get(path, {"cursor": cursor})
    assert answer.status_code == 404 or (answer.status_code == 200 and path != PATH)
