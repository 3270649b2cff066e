import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.version import (
    bundle_version_check,
    native_bound_check,
    native_fits,
    native_version_parse,
)
from updates.errors import InvalidValueError


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        pytest.param("1.2.3", "1.2.3", id="complete"),
        pytest.param("1.2", "1.2.0", id="padded"),
        pytest.param("7", "7.0.0", id="one number"),
        pytest.param("v2.1", "2.1.0", id="leading v"),
        pytest.param("1.02.3", "1.2.3", id="leading zero"),
        pytest.param("1.2.3.4", "1.2.3", id="fourth part"),
        pytest.param("2.0.0-beta.1", "2.0.0-beta.1", id="prerelease"),
        pytest.param("2.0.0-beta.01", "2.0.0-beta.01", id="prerelease that semver wouldn't write"),
        pytest.param("2.0.0+77", "2.0.0", id="build"),
        pytest.param("2.0.0 (77)", "2.0.0", id="build in brackets"),
    ],
)
def test_native_versions_are_read_as_stores_spell_them(text: str, read_as: str) -> None:
    assert str(native_version_parse(text)) == read_as


@pytest.mark.parametrize(
    "text", ["", "builtin", "x1.2", "1.", "-1", "1.2.3" + "0" * 80, "\u0661.\u0662", "1.2.3\n"]
)
def test_no_version_is_read_from_something_else(text: str) -> None:
    assert native_version_parse(text) is None


@pytest.mark.parametrize(
    ("native", "least", "greatest", "fits"),
    [
        pytest.param("1.2.0", "", "", True, id="unbounded"),
        pytest.param("nonsense", "", "", True, id="unreadable and unbounded"),
        pytest.param("nonsense", "1.0", "", False, id="unreadable and bounded"),
        pytest.param("1.2", "1.2.0", "1.2.0", True, id="bounds are inclusive"),
        pytest.param("1.10.0", "1.9", "", True, id="numbers, not text"),
        pytest.param("1.1.9", "1.2", "", False, id="below"),
        pytest.param("2.0.1", "", "2.0", False, id="above"),
        pytest.param("2.0.0-beta.1", "2.0", "", False, id="a prerelease is below its release"),
        pytest.param("1.0", "unreadable", "", False, id="an unreadable bound keeps everybody out"),
        pytest.param("1.0", "", "unreadable", False, id="an unreadable bound keeps everybody out, above"),
    ],
)
def test_native_bounds(native: str, least: str, greatest: str, fits: bool) -> None:  # noqa: FBT001 (a table)
    assert native_fits(native, least, greatest) is fits


@given(st.text(max_size=80))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    native_fits(text, "1.0", "2.0")


@pytest.mark.parametrize("text", ["1.0.0", "0.0.1", "1.2.3-rc.1", "1.2.3+build.7"])
def test_a_bundle_version_is_semver(text: str) -> None:
    assert bundle_version_check(text) == text


@pytest.mark.parametrize(
    "text", ["", "1", "1.2", "v1.2.3", "01.2.3", "builtin", "1.2.3\n", "1.2.3-" + "a" * 80]
)
def test_a_bundle_version_is_nothing_else(text: str) -> None:
    with pytest.raises(InvalidValueError):
        bundle_version_check(text)


def test_a_native_bound_must_be_readable() -> None:
    assert native_bound_check("") == ""
    assert native_bound_check("2.1") == "2.1"
    with pytest.raises(InvalidValueError):
        native_bound_check("two")
