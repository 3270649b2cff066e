import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import time_machine
from django.conf import settings

from releaseconsole.kernel import randomness
from tests.integration.updates.gateway.test_v1_check import ask
from updates.backends.storage import archive_store
from updates.gateway import downloads
from updates.gateway.file_body import CHUNK_BYTES
from updates.models import App, Channel, Release

SIZE = 3 * CHUNK_BYTES + 17  # three whole chunks and a rest


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    content = randomness.token_bytes(SIZE)
    upload = tmp_path / "upload"
    upload.write_bytes(content)
    archive_store(upload=upload, sha256=hashlib.sha256(content).hexdigest())
    return content


@pytest.fixture
def url(devices: httpx.Client, production: Channel, publish: Callable[..., Release], archive: bytes) -> str:
    publish(production, "1.4.0", sha256=hashlib.sha256(archive).hexdigest(), size=SIZE)
    return str(ask(devices).json()["url"])


def test_a_bundle_is_sent_whole(devices: httpx.Client, url: str, archive: bytes) -> None:
    answer = devices.get(url)
    assert answer.status_code == 200
    assert answer.content == archive
    sha256 = hashlib.sha256(archive).hexdigest()
    assert answer.headers["etag"] == f'"{sha256}"'
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["accept-ranges"] == "bytes"
    assert "content-encoding" not in answer.headers


def test_no_cache_keeps_it_longer_than_the_token_is_good(devices: httpx.Client, url: str) -> None:
    directives = devices.get(url).headers["cache-control"].split(", ")
    assert directives[0] == "public"
    assert 0 < int(directives[1].removeprefix("max-age=")) <= settings.TOKEN_LIFETIME
    assert directives[2] == "immutable"


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        pytest.param(0, 100, id="beginning"),
        pytest.param(100, SIZE, id="rest"),
        pytest.param(CHUNK_BYTES - 1, 2 * CHUNK_BYTES + 1, id="across chunks"),
        pytest.param(SIZE - 1, SIZE, id="last byte"),
    ],
)
def test_a_part_is_sent(devices: httpx.Client, url: str, archive: bytes, start: int, stop: int) -> None:
    answer = devices.get(url, headers={"Range": f"bytes={start}-{stop - 1}"})
    assert answer.status_code == 206
    assert answer.content == archive[start:stop]
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(stop - start)


def test_a_range_behind_the_end_is_refused(devices: httpx.Client, url: str) -> None:
    answer = devices.get(url, headers={"Range": f"bytes={SIZE}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


def test_a_part_of_another_file_is_not_continued(devices: httpx.Client, url: str, archive: bytes) -> None:
    etag = devices.head(url).headers["etag"]
    same = devices.get(url, headers={"Range": "bytes=5-", "If-Range": etag})
    other = devices.get(url, headers={"Range": "bytes=5-", "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)
    assert other.content == archive


def test_a_cache_that_has_it_is_told_so(devices: httpx.Client, url: str) -> None:
    etag = devices.head(url).headers["etag"]
    answer = devices.get(url, headers={"If-None-Match": f'"other", {etag}'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag


def test_head_tells_the_size_and_sends_nothing(devices: httpx.Client, url: str) -> None:
    answer = devices.head(url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(SIZE)


def test_any_number_of_requests_is_one_use(devices: httpx.Client, url: str) -> None:
    assert {devices.get(url, headers={"Range": "bytes=0-9"}).status_code for _ in range(5)} == {206}


def test_an_expired_token_is_gone(devices: httpx.Client, url: str) -> None:
    with time_machine.travel(time.time() + settings.TOKEN_LIFETIME + 1):  # noqa: TID251 (the frozen clock)
        answer = devices.get(url)
    assert (answer.status_code, answer.json()["code"]) == (410, "token_expired")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param(lambda url: url[:-4], 404, id="no zip"),
        pytest.param(lambda url: url.replace(".zip", "/x.zip"), 404, id="a folder more"),
        pytest.param(lambda url: url.rsplit("/", 1)[0], 404, id="no name"),
        pytest.param(lambda url: url.rsplit("/", 1)[0] + f"/{'b' * 64}.zip", 404, id="another content"),
        pytest.param(lambda url: url.replace("/download/", "/download/x"), 403, id="altered head"),
        pytest.param(lambda url: url[:-73] + "AAAA" + url[-69:], 403, id="altered tag"),
        pytest.param(lambda _: "/device/v1/download/\u00ff/x.zip", 403, id="not ASCII"),
        pytest.param(lambda _: "/device/v1/download/", 404, id="nothing"),
    ],
)
def test_an_address_that_was_not_given_out(
    devices: httpx.Client, url: str, change: Callable[[str], str], status: int
) -> None:
    assert devices.get(change(url)).status_code == status


def test_a_release_token_opens_no_download(devices: httpx.Client, url: str) -> None:
    release_token = ask(devices).json()["token"]
    parts = url.split("/")
    parts[-2] = release_token
    assert devices.get("/".join(parts)).status_code == 403


def test_a_bundle_that_is_gone_from_disk_is_not_found(
    devices: httpx.Client, production: Channel, publish: Callable[..., Release]
) -> None:
    publish(production, "1.4.0", sha256="d" * 64)
    answer = devices.get(ask(devices).json()["url"])
    assert (answer.status_code, answer.json()["code"]) == (404, "bundle_not_found")


def test_other_methods_are_refused(devices: httpx.Client, url: str) -> None:
    answer = devices.post(url)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_slow_downloads_leave_threads_to_everybody_else(
    devices: httpx.Client, app: App, url: str, archive: bytes
) -> None:
    held = 0
    while downloads._slots.acquire(blocking=False):
        held += 1
    try:
        answer = devices.get(url)
        assert (answer.status_code, answer.json()["code"]) == (503, "downloads_busy")
        assert answer.headers["retry-after"]
        assert devices.get(url, headers={"Range": "bytes=0-9"}).status_code == 206
        assert ask(devices).status_code == 200
    finally:
        downloads._slots.release(held)
    assert devices.get(url).status_code == 200


def test_a_phone_that_leaves_gives_back_its_slot(devices: httpx.Client, url: str) -> None:
    before = downloads._slots._value
    for _ in range(before + 1):
        with devices.stream("GET", url) as answer:
            next(answer.iter_raw())
    assert downloads._slots._value == before
