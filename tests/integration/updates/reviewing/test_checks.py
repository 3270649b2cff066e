"""What checks find of a release, what is kept of a bundle, and pages that show it."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, build_made, bundle_made, recorded, released, upload_file, zip_of
from tests.support.zip_forge import Forged
from updates.errors import InvalidValueError, VersionReusedError
from updates.models import App, Bundle, Channel, Release
from updates.selectors.publish_checks import findings_of, release_before
from updates.services import bundle_upload, release_change, release_draft

CAMERA = {"@capacitor/camera": "6.0.2"}
MAP = Forged("main.js.map", b"{}")


def noise(megabytes: int) -> Forged:
    """A file that can't be packed, as pictures are."""
    return Forged("film.mp4", bytes(megabytes * 1_000_000), method=0)


def drafted(channel: Channel, version: str, *more: Forged, **said: Any) -> Release:
    bundle_made(channel.app, version, *more, **said)
    return release_draft(channel=channel, version=version, actor=SYSTEM)


def codes(release: Release) -> list[str]:
    return [finding.code for finding in findings_of(release)]


def test_what_was_found_is_kept_with_the_bundle_and_on_the_log(app: App) -> None:
    bundle = bundle_made(app, "1.0.0", MAP)
    assert bundle.findings == [{"code": "source_map", "path": "main.js.map", "detail": "1"}]
    assert recorded(Action.BUNDLE_UPLOADED)[0].detail["findings"] == ["source_map"]


def test_an_answer_is_shown_with_its_finding(production: Channel) -> None:
    release = drafted(production, "1.0.0", MAP)
    (finding,) = findings_of(release)
    changed = release_change(release=release, actor=SYSTEM, check_answers={finding.key: "It's open source."})
    assert findings_of(changed)[0].answer == "It's open source."


def test_a_plain_bundle_has_nothing_to_answer(production: Channel) -> None:
    released(production, "1.0.0")
    assert findings_of(drafted(production, "1.1.0")) == ()


@pytest.mark.parametrize(("before", "after"), [(1, 4), (4, 1)])
def test_a_size_that_jumps_is_told_and_its_answer_stays(before: int, after: int, production: Channel) -> None:
    bundle_made(production.app, "1.0.0", noise(before))
    released(production, "1.0.0")
    release = drafted(production, "1.1.0", noise(after))
    (finding,) = findings_of(release)
    assert finding.code == "size_jump"
    assert "1.0.0, which is served now" in finding.words
    bundle_made(production.app, "1.0.1", noise(before), Forged("more"))
    released(production, "1.0.1")
    assert [one.key for one in findings_of(release)] == [finding.key]


def test_what_it_is_compared_with_is_what_it_takes_the_place_of(production: Channel) -> None:
    first = released(production, "1.0.0")
    released(production, "1.0.1", rollout_bps=100)
    waiting = drafted(production, "1.1.0")
    assert release_before(waiting) == first
    second = released(production, "1.2.0")
    assert (release_before(second), release_before(waiting)) == (first, second)


def test_builds_that_lack_a_plugin_are_told(production: Channel) -> None:
    release = drafted(production, "1.0.0", native_packages=CAMERA)
    assert codes(release) == []
    build_made(version="1.0.0")
    build_made(version="2.0.0", plugins=CAMERA)
    (finding,) = findings_of(release)
    assert finding.words == ("1 of 2 native builds lack a plugin: Android 1.0.0. It isn't offered to them.")
    build_made(version="0.9.0")
    assert [one.key for one in findings_of(release)] == [finding.key]
    release.native_override = True
    (other,) = findings_of(release)
    assert other.words.endswith("It is offered to them all the same.")
    assert other.key != finding.key  # an answer to the one is none to the other


def test_a_bundle_that_does_not_say_what_it_needs_is_told_where_builds_are_known(
    production: Channel,
) -> None:
    release = drafted(production, "1.0.0")
    assert codes(release) == []
    build_made(version="1.0.0")
    assert codes(release) == ["native_unknown"]


def upload(app: App, version: str, *more: Forged, packages: object = None) -> Bundle:
    data = zip_of("same", *more)
    bundle, _ = bundle_upload(
        app=app, version=version, upload=upload_file(data), native_packages=packages, actor=SYSTEM
    )
    return bundle


def test_a_bundle_says_itself_which_plugins_it_needs(app: App) -> None:
    own = Forged("native-packages.json", json.dumps(CAMERA).encode())
    assert upload(app, "1.0.0", own).native_packages == CAMERA
    assert upload(app, "1.0.1", own, packages=CAMERA).native_fingerprint != ""
    with pytest.raises(InvalidValueError):
        upload(app, "1.0.2", own, packages={})
    assert recorded(Action.BUNDLE_REFUSED)[0].detail == {"code": "invalid_value"}


def test_what_a_version_needs_is_never_said_anew(app: App) -> None:
    first = upload(app, "1.0.0", packages=CAMERA)
    assert upload(app, "1.0.0") == first
    assert upload(app, "1.0.0", packages=CAMERA) == first
    with pytest.raises(VersionReusedError):
        upload(app, "1.0.0", packages={})


def test_the_form_takes_plugins_and_the_bundles_page_shows_them(app: App, rita: User) -> None:
    browser = signed_in(rita)
    file = SimpleUploadedFile("www.zip", zip_of("1.0.0", MAP))
    fields = {"version": "1.0.0", "file": file, "native_packages": "@capacitor/camera 6.0.2"}
    answer = browser.post(reverse("updates:bundle-new", args=[APP_ID]), fields)
    page = browser.get(answer.headers["Location"]).content.decode()
    assert Bundle.objects.get().native_packages == CAMERA
    for told in ("@capacitor/camera", "Source maps are in the bundle (1)", "nothing to compare it with yet"):
        assert told in page, told


def test_plugins_that_cannot_be_read_are_told_in_the_form(app: App, rita: User) -> None:
    file = SimpleUploadedFile("www.zip", zip_of("1.0.0"))
    fields = {"version": "1.0.0", "file": file, "native_packages": "camera"}
    answer = signed_in(rita).post(reverse("updates:bundle-new", args=[APP_ID]), fields)
    assert "A line is a name and a version" in answer.content.decode()
    assert not Bundle.objects.exists()


def test_two_bundles_are_compared_on_a_page(app: App, rita: User) -> None:
    bundle_made(app, "1.0.0", Forged("old.js"), native_packages={})
    bundle_made(app, "1.1.0", Forged("new.js"), native_packages=CAMERA)
    browser = signed_in(rita)
    compare = reverse("updates:bundle-compare", args=[APP_ID, "1.1.0", "1.0.0"])
    assert compare in browser.get(reverse("updates:bundle", args=[APP_ID, "1.1.0"])).content.decode()
    page = browser.get(compare).content.decode()
    for told in ("new.js", "was old.js", "version.txt", "not needed → 6.0.2", "new need"):
        assert told in page, told
    answer = browser.get(f"{compare}?with=1.0.0")
    assert answer.status_code == 200
    assert browser.get(f"{compare}?with=9.9.9").status_code == 404
    bundle_made(app, "1.2.0")
    assert browser.get(f"{compare}?with=1.2.0").headers["Location"].endswith("/1.1.0/compare/1.2.0/")
