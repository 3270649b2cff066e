"""Native builds and lists of plugins, from CI."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.integration.updates.api.conftest import API, ROOT
from tests.support.shipping import zip_of
from tests.support.zip_forge import Forged
from updates.models import Bundle

BUILD = {"platform": "android", "version": "2.4.0", "plugins": {"@capacitor/camera": "6.0.2"}}
PATH = f"{ROOT}/native-builds"


def test_a_build_is_registered_and_listed(api: API) -> None:
    first, again = (api.post(PATH, BUILD) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json().items() >= (BUILD | {"build_number": ""}).items()
    assert api.get(PATH).json()["results"] == [first.json()]


def test_another_list_for_a_known_build_is_a_conflict(api: API) -> None:
    api.post(PATH, BUILD)
    answer = api.post(PATH, BUILD | {"plugins": {}})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_a_retry_with_its_key_gets_the_same_answer(api: API) -> None:
    first, again = (api.post(PATH, BUILD, key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)


def test_an_upload_says_which_plugins_it_needs_and_is_told_what_was_found(api: API) -> None:
    fields = {
        "version": "1.0.0",
        "file": SimpleUploadedFile("www.zip", zip_of("1.0.0", Forged("main.js.map"))),
        "native_packages": json.dumps(BUILD["plugins"]),
    }
    answer = api.client.post(f"{ROOT}/bundles", fields)
    assert answer.status_code == 201
    assert answer.json()["native_packages"] == BUILD["plugins"]
    assert answer.json()["native_fingerprint"] == Bundle.objects.get().native_fingerprint
    (finding,) = answer.json()["findings"]
    assert (finding["code"], finding["path"]) == ("source_map", "main.js.map")
    assert finding["key"].startswith("source_map-")


def test_a_list_that_cannot_be_read_refuses_the_upload(api: API) -> None:
    fields = {
        "version": "1.0.0",
        "file": SimpleUploadedFile("www.zip", zip_of("1.0.0")),
        "native_packages": "{",
    }
    answer = api.client.post(f"{ROOT}/bundles", fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
    assert not Bundle.objects.exists()
