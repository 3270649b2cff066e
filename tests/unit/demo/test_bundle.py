"""The demo's bundle: the same bytes for the same version, on any machine."""

import io
import zipfile

from demo.bundle import WEB, build


def test_the_same_version_is_the_same_bytes() -> None:
    assert build("1.0.0") == build("1.0.0")


def test_another_version_is_other_bytes() -> None:
    assert build("1.0.0") != build("1.0.1")


def test_every_file_is_in_it_and_the_version_is_on_the_page() -> None:
    with zipfile.ZipFile(io.BytesIO(build("1.2.3"))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}

    assert files.keys() == {path.relative_to(WEB).as_posix() for path in WEB.rglob("*") if path.is_file()}
    assert b"1.2.3" in files["index.html"]
    assert not any(b"{{" in content for content in files.values())


def test_it_tells_the_plugin_that_it_works() -> None:
    with zipfile.ZipFile(io.BytesIO(build("1.0.0"))) as archive:
        scripts = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".js"))

    assert b"notifyAppReady()" in scripts


def test_no_entry_holds_the_time_of_the_build() -> None:
    with zipfile.ZipFile(io.BytesIO(build("1.0.0"))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
