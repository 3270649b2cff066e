from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.audience import (
    EVERYBODY,
    MAX_ALWAYS,
    MAX_NATIVE_BUILDS,
    Audience,
    attributes_kept,
    audience_check,
    audience_read,
    audience_write,
    values_allowed,
)
from updates.errors import InvalidValueError

LISTED = [{"name": "ring", "values": ["staff", "friends"]}, {"name": "plan", "values": ["free"]}]
SAYS: dict[str, Any] = {
    "platform": "ios",
    "os_version": "17.4.1",
    "native_version": "2.0.0",
    "plugin_version": "8.51.23",
    "attributes": {"ring": "staff"},
}


@pytest.mark.parametrize(
    ("written", "is_in"),
    [
        pytest.param({}, True, id="everybody"),
        pytest.param({"platforms": ["ios"]}, True, id="its platform"),
        pytest.param({"platforms": ["android"]}, False, id="another platform"),
        pytest.param({"os_min": "17.4"}, True, id="its system"),
        pytest.param({"os_min": "17.5"}, False, id="a newer system"),
        pytest.param({"native_builds": ["1.9", "2.0.0"]}, True, id="its build"),
        pytest.param({"native_builds": ["2.0"]}, False, id="a build spelt otherwise"),
        pytest.param({"plugin_min": "8.9"}, True, id="numbers, not text"),
        pytest.param({"plugin_min": "9"}, False, id="a newer plugin"),
        pytest.param({"attributes": {"ring": ["friends", "staff"]}}, True, id="one of the values"),
        pytest.param({"attributes": {"ring": ["staff"], "plan": ["free"]}}, False, id="not every attribute"),
        pytest.param({"platforms": ["ios"], "os_min": "18"}, False, id="not every condition"),
        pytest.param({"always": ["somebody-else"]}, True, id="others are always in"),
    ],
)
def test_who_is_in_an_audience(written: dict[str, Any], *, is_in: bool) -> None:
    assert audience_read(written).admits(**SAYS) is is_in


@pytest.mark.parametrize("member", ["platforms", "os_min", "native_builds", "plugin_min", "attributes"])
def test_any_condition_targets_a_release_and_who_is_always_in_does_not(member: str) -> None:
    value = {"attributes": {"ring": ["staff"]}}.get(member, "1" if member.endswith("min") else ["ios"])
    assert audience_read({member: value}).is_targeted
    assert not audience_read({"always": ["a"]}).is_targeted
    assert not EVERYBODY.is_targeted


NAMES = st.sampled_from(["ios", "2.0", "ring", "staff", "phone-1"])


@given(
    st.builds(
        Audience,
        platforms=st.frozensets(NAMES),
        os_min=st.sampled_from(["", "17"]),
        native_builds=st.frozensets(NAMES),
        plugin_min=st.sampled_from(["", "8"]),
        attributes=st.dictionaries(NAMES, st.frozensets(NAMES)).map(
            lambda found: tuple(sorted(found.items()))
        ),
        always=st.frozensets(NAMES),
    )
)
def test_what_is_written_is_read_again(audience: Audience) -> None:
    assert audience_read(audience_write(audience)) == audience
    assert (audience_write(audience) == {}) == (audience == EVERYBODY)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({"platform": ["ios"]}, id="an unknown member"),
        pytest.param({"platforms": "ios"}, id="text for a list"),
        pytest.param({"attributes": {"ring": "staff"}}, id="text for values"),
        pytest.param({"os_min": 16}, id="a number for text"),
        pytest.param({"always": [None]}, id="nothing for an id"),
    ],
)
def test_what_has_another_shape_is_no_audience(written: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        audience_read(written)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({"platforms": ["windows"]}, id="no platform"),
        pytest.param({"os_min": "new"}, id="no system version"),
        pytest.param({"plugin_min": "new"}, id="no plugin version"),
        pytest.param({"native_builds": ["1" * 33]}, id="a build too long to be told"),
        pytest.param({"native_builds": [""]}, id="a build without name"),
        pytest.param({"native_builds": [str(n) for n in range(MAX_NATIVE_BUILDS + 1)]}, id="too many builds"),
        pytest.param({"attributes": {"mood": ["good"]}}, id="an attribute that the app doesn't list"),
        pytest.param({"attributes": {"ring": ["staff", "enemies"]}}, id="a value that it doesn't list"),
        pytest.param({"attributes": {"ring": []}}, id="an attribute without value"),
        pytest.param({"always": ["not a device"]}, id="no device id"),
        pytest.param({"always": [f"d{n}" for n in range(MAX_ALWAYS + 1)]}, id="too many always in"),
    ],
)
def test_what_no_device_could_fulfil_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        audience_check(audience_read(written), allowed=LISTED)


def test_devices_are_always_in_by_the_id_that_they_are_known_by() -> None:
    checked = audience_check(audience_read({"always": ["AB-1", "ab-1"], "os_min": "16"}), allowed=[])
    assert audience_write(checked) == {"os_min": "16", "always": ["ab-1"]}


def test_only_listed_attributes_with_listed_values_are_kept() -> None:
    told = {"ring": "staff", "plan": "gold", "email": "rita@example.com"}
    assert attributes_kept(told, values_allowed(LISTED)) == {"ring": "staff"}
    assert attributes_kept(told, {}) == {}
