import pytest

from updates.domain.names import app_id_check, channel_name_check, device_id_check, platforms_check
from updates.errors import InvalidValueError


@pytest.mark.parametrize("app_id", ["com.example.clinic", "de.x_y.a-b", "com.1password.app", "a.b", "A.B"])
def test_reverse_domain_names_are_app_ids(app_id: str) -> None:
    assert app_id_check(app_id) == app_id


@pytest.mark.parametrize("name", ["production", "beta-2", "1.x", "a" * 64, "qa_team"])
def test_plain_names_are_channel_names(name: str) -> None:
    assert channel_name_check(name) == name


@pytest.mark.parametrize(
    ("told", "known"),
    [
        pytest.param("8f0f2f4e-0000", "8f0f2f4e-0000", id="as it is"),
        pytest.param("8F0F2F4E-0000", "8f0f2f4e-0000", id="capitals, as old plugins have them"),
        pytest.param("ios:a.b_c", "ios:a.b_c", id="whatever devices may be called"),
    ],
)
def test_a_device_is_known_by_its_id_in_lower_case(told: str, known: str) -> None:
    assert device_id_check(told) == known


def test_platforms_are_listed_once_in_a_fixed_order() -> None:
    assert platforms_check(["electron", "ios", "android", "ios"]) == ["android", "ios", "electron"]


def test_a_platform_must_be_one_of_the_apps() -> None:
    with pytest.raises(InvalidValueError, match="'ios' isn't a platform here"):
        platforms_check(["android", "ios"], offered=["android"])
