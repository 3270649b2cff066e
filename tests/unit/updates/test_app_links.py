import pytest

from updates.domain.testers.app_links import app_link, open_link
from updates.domain.testers.associations import android_asset_links, apple_association


@pytest.mark.parametrize("scheme", ["clinic", "com.example.clinic", "my-app+1"])
def test_an_app_is_opened_by_its_scheme(scheme: str) -> None:
    assert app_link(scheme=scheme, code="ABCDE-FGHJK") == f"{scheme}://join?code=ABCDE-FGHJK"


@pytest.mark.parametrize(
    "scheme",
    ["", "javascript", "JavaScript", "data", "https", "intent", "x:y", "a b", "1app", "x\n", "j\tavascript"],
)
def test_what_a_browser_acts_on_is_no_app_s_scheme(scheme: str) -> None:
    assert app_link(scheme=scheme, code="ABCDE-FGHJK") == ""


def test_the_code_is_in_the_fragment() -> None:
    link = open_link(
        public_url="https://updates.example.com", app_id="com.example.clinic", code="ABCDE-FGHJK"
    )
    assert link == "https://updates.example.com/beta/open/com.example.clinic/#ABCDE-FGHJK"


def test_apps_open_nothing_but_their_own_links() -> None:
    document = apple_association([("com.example.a", "TEAM", "com.a"), ("com.example.b", "TEAM", "com.b")])
    assert [each["components"][0]["/"] for each in document["applinks"]["details"]] == [
        "/beta/open/com.example.a/*",
        "/beta/open/com.example.b/*",
    ]
    assert android_asset_links([("com.a", ["AA"])])[0]["target"]["package_name"] == "com.a"
