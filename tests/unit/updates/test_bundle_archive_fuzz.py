"""Whatever the bytes: refused with a BundleError, or read alike by a reader of the other kind."""

import hashlib
import io
import struct
import zipfile
import zlib

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.zip_forge import INDEX, Forged, forge_zip, honest_zip, index
from updates.domain.bundle_archive import BundleFacts, BundleLimits, bundle_inspect
from updates.errors import BundleError

LIMITS = BundleLimits(max_bytes=100_000, max_unpacked_bytes=1_000_000, max_entries=50)
SEEDS = [
    honest_zip({"index.html": INDEX, "assets/app.js": b"let a = 1;" * 50, "empty": b""}),
    honest_zip({"www/index.html": INDEX, "www/é.js": b"1"}, zipfile.ZIP_STORED),
    forge_zip([index(), Forged("inner.zip", honest_zip({"a": b"b"}), method=0)], comment=b"PK"),
]


def verdict(data: bytes) -> BundleFacts | None:
    try:
        return bundle_inspect(io.BytesIO(data), limits=LIMITS)
    except BundleError:
        return None


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(["set", "insert", "cut", "copy"])):
            case "set":
                data[place : place + 1] = draw(st.binary(min_size=1, max_size=1))
            case "insert":
                data[place:place] = draw(st.binary(max_size=30))
            case "cut":
                del data[place : place + draw(st.integers(1, 40))]
            case _:
                start = draw(st.integers(0, len(data)))
                data[place:place] = data[start : start + draw(st.integers(1, 200))]
    return bytes(data)


@given(st.binary(max_size=2000))
@example(b"PK\x05\x06" + b"\0" * 18)
@example(b"PK\x05\x06" + b"\xff" * 18)
def test_random_bytes_are_refused(data: bytes) -> None:
    assert verdict(data) is None


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_random_bytes_around_a_zip_are_refused(before: bytes, after: bytes) -> None:
    if before or after:
        assert verdict(before + SEEDS[0] + after) is None


@settings(max_examples=1000, deadline=None)
@given(mutated())
def test_what_is_accepted_of_mutated_zips_every_reader_reads_alike(data: bytes) -> None:
    facts = verdict(data)
    if facts is None:
        return
    described = {file.path: file.sha256 for file in facts.files}
    assert _unwrapped(_by_directory(data)) == described
    assert _unwrapped(_by_records(data)) == described


def _by_directory(data: bytes) -> dict[str, bytes]:
    """Read as `zipfile` does, and iOS: by the central directory."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}


def _by_records(data: bytes) -> dict[str, bytes]:
    """Read as Java's ZipInputStream does, and Android: record after record, never looking ahead."""
    files, place = {}, 0
    while data[place : place + 4] == b"PK\x03\x04":
        flags, method = struct.unpack_from("<HH", data, place + 6)
        size, name_length, extra_length = struct.unpack_from("<L4xHH", data, place + 18)
        name = data[place + 30 : place + 30 + name_length].decode()
        place += 30 + name_length + extra_length
        if method == 0:
            content, place = data[place : place + size], place + size
        else:
            inflater = zlib.decompressobj(-15)
            content = inflater.decompress(data[place:])
            place = len(data) - len(inflater.unused_data)
        if flags & 8:
            place += 16 if data[place : place + 4] == b"PK\x07\x08" else 12
        if not name.endswith("/"):
            files[name] = content
    assert data[place : place + 4] == b"PK\x01\x02"
    return files


def _unwrapped(files: dict[str, bytes]) -> dict[str, str]:
    prefix = "" if "index.html" in files else "www/"
    return {name.removeprefix(prefix): hashlib.sha256(data).hexdigest() for name, data in files.items()}
