"""Native builds: registered, matched with bundles, and what devices are told because of them."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, app_made, build_made, bundle_made, recorded, released
from updates.errors import ConflictError, InvalidValueError, NotFoundError
from updates.models import App, Channel, NativeBuild, Release
from updates.selectors.native_builds import builds_lacking, native_matrix
from updates.services import native_build_register, native_build_remove

CAMERA = {"@capacitor/camera": "6.0.2"}
LIST = reverse("updates:native-builds", args=[APP_ID])
NEW = reverse("updates:native-build-new", args=[APP_ID])


def register(app: App, **changed: Any) -> tuple[NativeBuild, bool]:
    fields: dict[str, Any] = {"platform": "android", "version": "1.0.0", "plugins": CAMERA}
    return native_build_register(app=app, actor=SYSTEM, **(fields | changed))


def lacking(release: Release) -> frozenset[tuple[str, str]]:
    return builds_lacking([release]).get(release.pk, frozenset())


def seq(channel: Channel) -> int:
    return Channel.objects.get(pk=channel.pk).decision_seq


def needing(channel: Channel, packages: dict[str, str] | None, version: str = "1.1.0") -> Release:
    """A live release whose bundle needs these plugins."""
    bundle_made(channel.app, version, native_packages=packages)
    return released(channel, version)


def test_the_same_build_again_is_no_error_and_another_list_is_one(app: App) -> None:
    build, created = register(app)
    assert (created, register(app)) == (True, (build, False))
    with pytest.raises(ConflictError):
        register(app, plugins={})
    assert register(app, plugins={}, build_number="7")[1]
    event = recorded(Action.NATIVE_BUILD_REGISTERED)[0]
    assert (event.object_id, event.detail["fingerprint"]) == ("android 1.0.0", build.fingerprint)


@pytest.mark.parametrize(
    "wrong",
    [
        {"platform": "electron"},
        {"version": ""},
        {"version": "newest"},
        {"version": "1." * 20},
        {"build_number": "a b"},
        {"plugins": None},
        {"plugins": {"a": "^1.0.0"}},
    ],
    ids=str,
)
def test_a_build_that_could_not_be_matched_is_refused(wrong: dict[str, Any], app: App) -> None:
    with pytest.raises(InvalidValueError):
        register(app, **wrong)
    assert not NativeBuild.objects.exists()


def test_a_build_lacks_what_is_missing_or_does_not_fit(production: Channel) -> None:
    release = needing(production, CAMERA)
    build_made(version="2.0.0", plugins={"@capacitor/camera": "6.1.0"})
    build_made(version="1.0.0", platform="ios")
    build_made(version="1.5.0", plugins={"@capacitor/camera": "5.0.0"})
    assert lacking(release) == {("ios", "1.0.0"), ("android", "1.5.0")}


def test_of_two_builds_with_one_name_the_poorer_one_counts(production: Channel) -> None:
    release = needing(production, CAMERA)
    build_made(version="2.0.0", plugins=CAMERA, build_number="1")
    assert lacking(release) == frozenset()
    build_made(version="2.0.0", build_number="2")
    assert lacking(release) == {("android", "2.0.0")}


@pytest.mark.parametrize("packages", [None, {}])
def test_a_bundle_that_names_no_plugin_runs_everywhere(
    packages: dict[str, str] | None, production: Channel
) -> None:
    release = needing(production, packages)
    build_made(version="1.0.0")
    assert lacking(release) == frozenset()


def test_an_override_lets_it_through(production: Channel) -> None:
    release = needing(production, CAMERA)
    build_made(version="1.0.0")
    assert lacking(release)
    release.native_override = True
    assert lacking(release) == frozenset()
    assert native_matrix(release).overridden


def test_a_build_of_another_app_is_none_of_its(production: Channel) -> None:
    release = needing(production, CAMERA)
    other = app_made("com.example.other")
    register(other, plugins={})
    assert lacking(release) == frozenset()
    assert native_matrix(release).rows == ()


def test_all_releases_are_compared_in_one_query(production: Channel, django_assert_num_queries: Any) -> None:
    releases = [needing(production, CAMERA, version) for version in ("1.1.0", "1.2.0", "1.3.0")]
    build_made(version="1.0.0")
    with django_assert_num_queries(1):
        assert len(builds_lacking(releases)) == 3
    with django_assert_num_queries(0):
        assert builds_lacking([]) == {}


def test_devices_are_told_when_a_build_changes_what_they_get(production: Channel) -> None:
    needing(production, CAMERA)
    before = seq(production)
    build_made(version="2.0.0", plugins=CAMERA)
    assert seq(production) == before
    build = build_made(version="1.0.0")
    assert seq(production) == before + 1
    native_build_remove(build=build, actor=SYSTEM)
    assert seq(production) == before + 2
    assert recorded(Action.NATIVE_BUILD_REMOVED)
    with pytest.raises(NotFoundError):
        native_build_remove(build=build, actor=SYSTEM)


def test_the_matrix_says_what_each_build_lacks(production: Channel) -> None:
    release = needing(production, CAMERA)
    release.native_min = "1.5.0"
    build_made(version="1.0.0")
    build_made(version="1.5.0", plugins={"@capacitor/camera": "5.0.0"})
    build_made(version="2.0.0", plugins=CAMERA)
    matrix = native_matrix(release)
    told = [
        (row.build.version, row.in_range, [(need.needed, need.present) for need in row.lacking])
        for row in matrix.rows
    ]
    assert told == [
        ("2.0.0", True, []),
        ("1.5.0", True, [("6.0.2", "5.0.0")]),
        ("1.0.0", False, [("6.0.2", "")]),
    ]
    assert [row.build.version for row in matrix.lacking] == ["1.5.0"]


def test_a_build_is_registered_and_removed_on_its_page(app: App, rita: User) -> None:
    browser = signed_in(rita)
    assert "No native builds yet" in browser.get(LIST).content.decode()
    fields = {
        "platform": "ios",
        "version": "2.4.0",
        "build_number": "241",
        "plugins": "@capacitor/camera 6.0.2",
    }
    assert browser.post(NEW, fields).headers["Location"] == LIST
    page = browser.get(LIST).content.decode()
    assert "iOS 2.4.0" in page
    assert "@capacitor/camera" in page
    build = NativeBuild.objects.get()
    browser.post(reverse("updates:native-build-remove", args=[APP_ID, build.pk]))
    assert not NativeBuild.objects.exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"plugins": "@capacitor/camera latest"}, "The version of @capacitor/camera is one such as 6.0.2"),
        ({"version": "newest"}, "A native version is one to three numbers"),
        ({"platform": "electron"}, "Select a valid choice"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_build_is_said_in_its_form(
    changed: dict[str, str], says: str, app: App, rita: User
) -> None:
    fields = {"platform": "ios", "version": "2.4.0", "plugins": "@capacitor/camera 6.0.2"} | changed
    answer = signed_in(rita).post(NEW, fields)
    assert (answer.status_code, says in answer.content.decode()) == (200, True)
