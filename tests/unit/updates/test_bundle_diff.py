"""What differs between two bundles."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from updates.domain.bundle_diff import BundleDiff, FileChange, PackageChange, bundle_diff


def manifest(**files: str) -> list[dict[str, Any]]:
    """Files by path, each with a content whose length is its size."""
    return [
        {"path": path, "sha256": f"sha of {content}", "size": len(content)} for path, content in files.items()
    ]


def diff(before: dict[str, str], after: dict[str, str]) -> BundleDiff:
    return bundle_diff(manifest(**before), manifest(**after))


def test_files_are_the_same_or_changed_or_come_or_go() -> None:
    found = diff({"same": "a", "edit": "b", "gone": "cc"}, {"same": "a", "edit": "bbb", "new": "dddd"})
    assert found.changed == (FileChange("edit", 1, 3),)
    assert found.added == (FileChange("new", None, 4),)
    assert found.removed == (FileChange("gone", 2, None),)
    assert (found.moved, found.unchanged, found.delta, found.is_same) == ((), 1, 4, False)


def test_a_bundle_is_the_same_as_itself() -> None:
    found = diff({"a": "1", "b": "2"}, {"a": "1", "b": "2"})
    assert (found.is_same, found.delta, found.unchanged) == (True, 0, 2)


def test_a_file_that_went_elsewhere_is_moved() -> None:
    found = diff({"a/icon.svg": "x"}, {"b/icon.svg": "x"})
    assert found.moved == (FileChange("b/icon.svg", 1, 1, "a/icon.svg"),)
    assert (found.added, found.removed, found.changed, found.delta) == ((), (), (), 0)


def test_a_hash_in_a_name_is_no_other_file() -> None:
    before = {"main.3f2a9c1b.js": "a", "index-BqX4-e1z.css": "b", "chunk-AAAA1111.js.map": "c"}
    after = {"main.77aa00bb.js": "aa", "index-CqX4-e1q.css": "bbb", "chunk-BBBB2222.js.map": "cccc"}
    assert [(one.path_before, one.path) for one in diff(before, after).changed] == [
        ("chunk-AAAA1111.js.map", "chunk-BBBB2222.js.map"),
        ("index-BqX4-e1z.css", "index-CqX4-e1q.css"),
        ("main.3f2a9c1b.js", "main.77aa00bb.js"),
    ]


def test_where_two_could_be_meant_nothing_is_guessed() -> None:
    found = diff({"a.11111111.js": "1", "a.22222222.js": "2"}, {"a.33333333.js": "3"})
    assert (len(found.added), len(found.removed), found.changed) == (1, 2, ())


def test_a_plain_word_is_no_hash() -> None:
    found = diff({"app.component.js": "1"}, {"app.director.js": "2"})
    assert (len(found.added), len(found.removed)) == (1, 1)


def test_plugins_that_come_go_or_change_are_named() -> None:
    before = {"same": "1.0.0", "patch": "1.0.1", "minor": "1.0.0", "major": "1.0.0", "gone": "1.0.0"}
    after = {"same": "1.0.0", "patch": "1.0.0", "minor": "1.1.0", "major": "2.0.0", "new": "1.0.0"}
    packages = bundle_diff([], [], packages_before=before, packages_after=after).packages
    assert packages is not None
    assert {one.name: one.breaks for one in packages} == {
        "gone": False,
        "major": True,
        "minor": True,
        "new": True,
        "patch": False,
    }
    assert PackageChange("gone", "1.0.0", "") in packages


def test_what_one_does_not_say_is_not_compared() -> None:
    assert bundle_diff([], [], packages_before=None, packages_after={}).packages is None


FILES = st.dictionaries(
    st.from_regex(r"[ab]{1,2}([.-][0-9a-f]{8})?\.js", fullmatch=True), st.text("xy", max_size=3), max_size=8
)


@given(FILES, FILES)
def test_every_file_is_accounted_for_once(before: dict[str, str], after: dict[str, str]) -> None:
    found = diff(before, after)
    both = found.unchanged + len(found.changed) + len(found.moved)
    assert both + len(found.removed) == len(before)
    assert both + len(found.added) == len(after)
    assert found.delta == sum(map(len, after.values())) - sum(map(len, before.values()))
