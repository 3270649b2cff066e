"""Which plugin serves what was built against which, and how lists of them are read."""

import pytest

from updates.domain.native_plugins import (
    native_fingerprint,
    native_packages_check,
    native_packages_read,
    native_packages_typed,
    plugin_fits,
    plugins_lacking,
)
from updates.errors import InvalidValueError


@pytest.mark.parametrize(
    ("needed", "present", "fits"),
    [
        ("6.0.2", "6.0.2", True),
        ("6.0.2", "6.0.3", True),
        ("6.0.2", "6.1.0", True),
        ("6.0.2", "6.0.1", False),  # what it calls may have come with 6.0.2
        ("6.1.0", "6.0.9", False),
        ("6.0.2", "7.0.0", False),
        ("6.0.2", "5.9.9", False),
        ("0.3.1", "0.3.4", True),
        ("0.3.1", "0.4.0", False),  # before 1.0.0 a minor version may break
        ("0.0.3", "0.0.4", False),
        ("6", "6.0.0", True),
        ("odd", "odd", True),
        ("odd", "6.0.0", False),
    ],
)
def test_a_plugin_fits_as_npm_reads_a_caret(needed: str, present: str, *, fits: bool) -> None:
    assert plugin_fits(needed, present) is fits


def test_what_is_not_there_and_what_does_not_fit_is_lacking() -> None:
    needed = {"camera": "6.0.0", "haptics": "6.0.0", "share": "6.0.0"}
    assert plugins_lacking(needed, {"camera": "6.2.0", "share": "5.0.0", "more": "1.0.0"}) == (
        "haptics",
        "share",
    )
    assert plugins_lacking({}, {}) == ()


@pytest.mark.parametrize(
    "text",
    [
        '{"@capacitor/camera": "6.0.2", "plain": "1.0"}',
        "@capacitor/camera 6.0.2\nplain 1.0",
        " @capacitor/camera@6.0.2 \n\n plain: 1.0",
        "plain = v1.0\n@capacitor/camera\t6.0.2",
    ],
)
def test_a_list_is_read_as_people_paste_it(text: str) -> None:
    assert native_packages_typed(text) == {"@capacitor/camera": "6.0.2", "plain": "1.0"}


def test_nothing_is_not_the_same_as_no_plugins() -> None:
    assert native_packages_typed("  ") is None
    assert native_packages_typed("{}") == {}
    assert native_fingerprint(None) == ""
    assert native_fingerprint({}) != ""


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "7",
        "one-word",
        "a 1.0.0\na 1.0.1",
        '{"a": "^1.0.0"}',
        '{"a": 1}',
        '{"a b": "1.0.0"}',
        "a latest",
    ],
)
def test_a_list_that_would_be_guessed_at_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        native_packages_typed(text)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"a": None},
        {"a": "1.0.0" + "0" * 40},
        {"A" * 300: "1.0.0"},
        {"a": "1.0.0 \ud800"},
        {"a": "1.0.0+\u0000"},
        {f"p{number}": "1.0.0" for number in range(301)},
    ],
)
def test_what_could_not_be_stored_or_compared_is_refused(value: object) -> None:
    with pytest.raises(InvalidValueError):
        native_packages_check(value)


@pytest.mark.parametrize("data", [b"[" * 90_000, b"{" + b" " * 200_000 + b"}", b"\xff"])
def test_a_hostile_file_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidValueError):
        native_packages_read(data)


def test_equal_lists_have_equal_fingerprints() -> None:
    one, other = {"a": "1.0.0", "b": "2.0.0"}, {"b": "2.0.0", "a": "1.0.0"}
    assert native_fingerprint(one) == native_fingerprint(other) != native_fingerprint({"a": "1.0.0"})
