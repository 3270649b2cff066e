"""Where an app may be in the stores: values that phones and stores can make use of."""

import pytest

from updates.domain.store_presence import StoreValues, store_values_check
from updates.errors import InvalidValueError

DIGITS = "aB" * 32
FINGERPRINT = ":".join(["AB"] * 32)


def test_values_are_kept_as_phones_read_them() -> None:
    values = store_values_check(
        StoreValues(
            ios_team_id=" A1B2C3D4E5 ",
            ios_bundle_id="com.example.clinic",
            android_package="com.example.clinic",
            android_fingerprints=(DIGITS, FINGERPRINT, " "),
            app_store_url="https://apps.apple.com/app/id1",
            testflight_url="https://testflight.apple.com/join/abc",
            play_url="https://play.google.com/store/apps/details?id=com.example.clinic",
            url_scheme="Clinic://",
            native_least=" 2.1 ",
            privacy_contact=" privacy@example.com ",
            privacy_url="https://example.com/privacy",
        )
    )
    assert (values.ios_team_id, values.url_scheme, values.native_least) == ("A1B2C3D4E5", "clinic", "2.1")
    assert values.android_fingerprints == (FINGERPRINT,)
    assert values.privacy_contact == "privacy@example.com"


def test_nothing_at_all_is_acceptable() -> None:
    assert store_values_check(StoreValues()) == StoreValues()


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(
            StoreValues(ios_team_id="a1b2c3d4e5", ios_bundle_id="a.b"), id="a team in small letters"
        ),
        pytest.param(StoreValues(ios_team_id="A1B2C3D4E5"), id="a team without an app"),
        pytest.param(StoreValues(ios_bundle_id="com.example.clinic"), id="an iOS app without a team"),
        pytest.param(StoreValues(ios_team_id="A1B2C3D4E5", ios_bundle_id="clinic"), id="one word"),
        pytest.param(StoreValues(android_package="com.example-x.clinic"), id="a dash on Android"),
        pytest.param(StoreValues(android_package="com." + "a" * 160), id="a long package"),
        pytest.param(StoreValues(android_fingerprints=(DIGITS,)), id="a fingerprint of no package"),
        pytest.param(StoreValues(android_package="a.b", android_fingerprints=("AB:CD",)), id="a short one"),
        pytest.param(StoreValues(android_package="a.b", android_fingerprints=("x" * 64,)), id="no digits"),
        pytest.param(
            StoreValues(android_package="a.b", android_fingerprints=tuple(f"{n:064x}" for n in range(11))),
            id="too many fingerprints",
        ),
        pytest.param(StoreValues(app_store_url="http://apps.apple.com/app/id1"), id="not https"),
        pytest.param(StoreValues(app_store_url="https://apps.apple.com.evil.example/"), id="another host"),
        pytest.param(StoreValues(testflight_url="https://apps.apple.com/"), id="another store"),
        pytest.param(StoreValues(play_url="https://user:x@play.google.com/"), id="a password"),
        pytest.param(StoreValues(play_url="https://play.google.com:444/"), id="a port"),
        pytest.param(StoreValues(play_url="https://play.google.com:x/"), id="no port"),
        pytest.param(StoreValues(privacy_url="https://example.com/a b"), id="a blank"),
        pytest.param(StoreValues(privacy_url="https:///privacy"), id="no host"),
        pytest.param(StoreValues(privacy_url="https://example.com/" + "a" * 300), id="a long link"),
        pytest.param(StoreValues(url_scheme="javascript"), id="a browser's scheme"),
        pytest.param(StoreValues(url_scheme="my app"), id="no scheme"),
        pytest.param(StoreValues(native_least="soon"), id="no version"),
        pytest.param(StoreValues(privacy_contact="a\nb"), id="two lines"),
        pytest.param(StoreValues(privacy_contact="a" * 201), id="a long contact"),
    ],
)
def test_what_phones_would_ignore_is_refused(values: StoreValues) -> None:
    with pytest.raises(InvalidValueError):
        store_values_check(values)
