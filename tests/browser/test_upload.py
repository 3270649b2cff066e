"""Uploading a large bundle in a browser: one sees how far it is, and what is wrong with it."""

from pathlib import Path

from playwright.sync_api import Page, expect

from releaseconsole.kernel.randomness import token_bytes
from tests.support.clinic import APP, Clinic
from tests.support.zip_forge import Forged, forge_zip, index

UPLOAD = f"/console/apps/{APP}/bundles/upload/"


def _large(tmp_path: Path) -> Path:
    path = tmp_path / "www.zip"
    path.write_bytes(forge_zip([index(), Forged("noise.bin", token_bytes(2_000_000))]))
    return path


def _fill(page: Page, clinic: Clinic, path: Path, version: str) -> None:
    page.goto(clinic.url(UPLOAD))
    page.get_by_label("Version").fill(version)
    page.get_by_label("Zip file").set_input_files(path)


def test_an_upload_shows_how_far_it_is(inside: Page, clinic: Clinic, tmp_path: Path) -> None:
    _fill(inside, clinic, _large(tmp_path), "7.0.0")
    network = inside.context.new_cdp_session(inside)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1_000_000}
    network.send("Network.emulateNetworkConditions", slow)
    inside.get_by_role("button", name="Upload and check").click()
    expect(inside.get_by_role("status")).to_contain_text("Uploading: ")
    expect(inside.get_by_text("passed every check")).to_be_visible()


def test_what_is_wrong_is_said_in_place(inside: Page, clinic: Clinic, tmp_path: Path) -> None:
    _fill(inside, clinic, _large(tmp_path), "v7")
    inside.get_by_role("button", name="Upload and check").click()
    expect(inside.get_by_role("alert")).to_contain_text("semantic version")
    expect(inside.get_by_role("progressbar")).to_be_hidden()
