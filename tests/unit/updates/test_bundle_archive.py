"""Every way in which an uploaded zip is refused, and what an accepted one is described as."""

import hashlib
import io
import json
import struct
import zipfile
import zlib

import pytest

from tests.support.zip_forge import INDEX, Forged, deflated, forge_zip, honest_zip, index
from updates.domain.bundle_archive import BUNDLE_ERRORS, BundleFacts, BundleLimits, bundle_inspect
from updates.domain.bundle_archive.errors import BundleEntryError
from updates.errors import BundleError

LIMITS = BundleLimits(max_bytes=2_000_000, max_unpacked_bytes=30_000_000, max_entries=100)
FLAG_DESCRIPTOR = 1 << 3
ZIP64_EXTRA = struct.pack("<HHQ", 1, 8, 1)


def inspect(data: bytes) -> BundleFacts:
    return bundle_inspect(io.BytesIO(data), limits=LIMITS)


def unicode_path(name: str) -> bytes:
    value = b"\x01" + struct.pack("<L", 0) + name.encode()
    return struct.pack("<HH", 0x7075, len(value)) + value


def descriptor(data: bytes, packed: bytes, *, signature: bytes = b"PK\x07\x08") -> bytes:
    return signature + struct.pack("<3L", zlib.crc32(data), len(packed), len(data))


def streamed(name: str, data: bytes = b"streamed", **changed: object) -> Forged:
    """An entry as stream writers make them: sizes follow the data."""
    zeros = {"crc": 0, "packed_size": 0, "size": 0}
    fields = {"descriptor": descriptor(data, deflated(data)), "local": zeros} | changed
    return Forged(name, data, flags=FLAG_DESCRIPTOR, **fields)  # type: ignore[arg-type]  # a table of fields


def named(*names: str | bytes) -> bytes:
    return forge_zip([index(), *(Forged(name) for name in names)])


def end_inside_comment() -> bytes:
    """A second end record inside the last entry's comment, so that two directories could be found."""
    other_end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 22)
    return forge_zip([index(), Forged("a.js", central={"comment": other_end})])


def shared_record(name: str) -> bytes:
    """Two entries of the directory that go to one local record, the index's."""
    return forge_zip([index(), Forged(name, INDEX, central={"offset": 0})])


def quoted_overlap() -> bytes:
    """A record whose stored data is the next record, which is listed as well (Fifield's bomb, in small)."""
    inner = forge_zip([Forged("b.js", b"y" * 100)])
    kernel = inner[: inner.index(b"PK\x01\x02")]
    outer = forge_zip([index(), Forged("a.js", kernel, method=0)])
    offset = outer.index(b"a.js") + len("a.js")
    listed = {"offset": offset, "crc": zlib.crc32(b"y" * 100), "packed_size": len(deflated(b"y" * 100))}
    # The third entry writes no record of its own: its bytes go where the second's data ends.
    parts = forge_zip([index(), Forged("a.js", kernel, method=0), Forged("b.js", b"y" * 100, central=listed)])
    start = len(outer[: outer.index(b"PK\x01\x02")])
    own_record = parts[start : parts.index(b"PK\x01\x02")]
    body, directory = parts[:start], parts[start + len(own_record) : -22]
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, len(directory), len(body), 0)
    return body + directory + end


def stored_blocks(data: bytes) -> bytes:
    """Deflate without compressing, so that the packed size can be chosen."""
    packer = zlib.compressobj(0, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


PIECE = 1 << 16  # what is read at a time
A_PIECE = next(b"z" * n for n in range(PIECE - 40, PIECE) if len(stored_blocks(b"z" * n)) == PIECE)
HONEST = honest_zip({"index.html": INDEX, "assets/app.js": b"let a = 1;" * 100})
BIG = b"\0" * 11_000_000
UNDER_ANOTHER_NAME = {"name": b"evil.js"}

REFUSED = [
    pytest.param(b"", "bundle_empty", id="no bytes"),
    pytest.param(forge_zip([]), "bundle_empty", id="no entries"),
    pytest.param(forge_zip([Forged("www/", b"", attributes=0)]), "bundle_empty", id="folders only"),
    pytest.param(b"\x89PNG\r\n" + b"x" * 100, "bundle_not_zip", id="a picture"),
    pytest.param(b"PK", "bundle_not_zip", id="two bytes"),
    pytest.param(b"x" * 2_000_001, "bundle_too_large", id="too large as uploaded"),
    pytest.param(HONEST[:-1], "bundle_truncated", id="last byte missing"),
    pytest.param(HONEST[:-22], "bundle_truncated", id="end record missing"),
    pytest.param(HONEST[: len(HONEST) // 2], "bundle_truncated", id="second half missing"),
    pytest.param(HONEST + b"<?php", "bundle_hidden_data", id="data after the end"),
    pytest.param(
        forge_zip([index()], before=b"#!/bin/sh\n"), "bundle_hidden_data", id="data before the first record"
    ),
    pytest.param(
        forge_zip([index(), Forged("a.js", after=b"hidden"), Forged("b.js")]),
        "bundle_hidden_data",
        id="data between two records",
    ),
    pytest.param(
        forge_zip([index(), Forged("a.js", after=forge_zip([Forged("b.js")])[:40])]),
        "bundle_hidden_data",
        id="a record that the directory doesn't list",
    ),
    pytest.param(
        forge_zip([index()], between=b"\0" * 8), "bundle_hidden_data", id="data before the end record"
    ),
    pytest.param(end_inside_comment(), "bundle_hidden_data", id="a second end record in a comment"),
    pytest.param(forge_zip([index()], comment=HONEST), "bundle_hidden_data", id="a whole zip as comment"),
    pytest.param(shared_record("index.html"), "bundle_overlap", id="two entries on one record"),
    pytest.param(shared_record("other.html"), "bundle_name_mismatch", id="the same under another name"),
    pytest.param(quoted_overlap(), "bundle_overlap", id="a record quoted by another"),
    pytest.param(forge_zip([index()], count=2), "bundle_malformed", id="fewer entries than counted"),
    pytest.param(forge_zip([index(), Forged("a")], count=1), "bundle_malformed", id="more than counted"),
    pytest.param(forge_zip([index()], disk=1), "bundle_malformed", id="one part of several"),
    pytest.param(
        forge_zip([index(), Forged("a", central={"disk": 1})]), "bundle_malformed", id="entry on another disk"
    ),
    pytest.param(forge_zip([index()], start=5, length=70), "bundle_hidden_data", id="directory elsewhere"),
    pytest.param(forge_zip([index()], start=10**6), "bundle_malformed", id="directory beyond the end"),
    pytest.param(
        forge_zip([index(), Forged("a", central={"offset": 3})]), "bundle_malformed", id="record elsewhere"
    ),
    pytest.param(
        forge_zip([index(), Forged("a", central={"offset": 10**6})]),
        "bundle_malformed",
        id="record beyond the end",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", central={"packed_size": 10**6})]),
        "bundle_malformed",
        id="data beyond the end",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", local={"method": 0})]), "bundle_malformed", id="two methods"
    ),
    pytest.param(forge_zip([index(), Forged("a", local={"flags": 1})]), "bundle_malformed", id="two flags"),
    pytest.param(forge_zip([index()], count=0xFFFF), "bundle_zip64", id="count says ZIP64"),
    pytest.param(forge_zip([index()], start=0xFFFFFFFF), "bundle_zip64", id="directory says ZIP64"),
    pytest.param(
        forge_zip([index()], between=b"PK\x06\x07" + b"\0" * 16), "bundle_zip64", id="a ZIP64 locator"
    ),
    pytest.param(
        forge_zip([index(), Forged("a", central={"size": 0xFFFFFFFF})]), "bundle_zip64", id="size says ZIP64"
    ),
    pytest.param(
        forge_zip([index(), Forged("a", central={"extra": ZIP64_EXTRA})]),
        "bundle_zip64",
        id="ZIP64 field in the directory",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", local={"extra": ZIP64_EXTRA})]),
        "bundle_zip64",
        id="ZIP64 field in the header",
    ),
    pytest.param(
        forge_zip([index(), streamed("a", descriptor=b"PK\x07\x08" + b"\0" * 20)]),
        "bundle_zip64",
        id="ZIP64 descriptor",
    ),
    pytest.param(
        forge_zip([index(), streamed("a", descriptor=b"PK\x07\x08" + b"\1" * 12)]),
        "bundle_hidden_data",
        id="a descriptor that says otherwise",
    ),
    pytest.param(
        forge_zip([index(), streamed("a", descriptor=b"")]), "bundle_hidden_data", id="no descriptor"
    ),
    pytest.param(
        forge_zip([index(), *(Forged(f"{n}.js") for n in range(100))]),
        "bundle_too_many_entries",
        id="too many entries",
    ),
    pytest.param(
        forge_zip([index(), *(Forged(f"{n}", BIG) for n in range(3))]),
        "bundle_unpacked_too_large",
        id="too large unpacked",
    ),
    pytest.param(forge_zip([index(), Forged("a", BIG)]), "bundle_bomb", id="ratio of one entry"),
    pytest.param(
        forge_zip([index(), *(Forged(f"{n}", BIG[:2_900_000]) for n in range(4))]),
        "bundle_bomb",
        id="ratio of all entries",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", BIG, local={"size": 9}, central={"size": 9})]),
        "bundle_size_mismatch",
        id="a bomb that declares little",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", b"abc", local={"size": 4}, central={"size": 4})]),
        "bundle_size_mismatch",
        id="less than declared",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", b"abc", central={"size": 4})]),
        "bundle_size_mismatch",
        id="two declared sizes",
    ),
    pytest.param(
        forge_zip([index(), streamed("a", local={"crc": 0, "packed_size": 0, "size": 7})]),
        "bundle_size_mismatch",
        id="a header that contradicts its descriptor",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", local={"crc": 1}, central={"crc": 1})]),
        "bundle_corrupt",
        id="wrong checksum",
    ),
    pytest.param(forge_zip([index(), Forged("a", packed=b"\xff" * 9)]), "bundle_corrupt", id="not deflated"),
    pytest.param(
        forge_zip([index(), Forged("a", b"abc", packed=deflated(b"abc")[:-1])]),
        "bundle_corrupt",
        id="deflated data cut off",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", b"abc", packed=deflated(b"abc") + b"PK\x03\x04")]),
        "bundle_corrupt",
        id="data behind the deflated data",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", b"abc", packed=deflated(b"abc") + b"\0" * 200_000)]),
        "bundle_corrupt",
        id="much data behind the deflated data",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", A_PIECE, packed=stored_blocks(A_PIECE) + b"PK\x03\x04")]),
        "bundle_corrupt",
        id="data behind deflated data that ends with a piece read",
    ),
    pytest.param(forge_zip([index(), Forged("a", flags=1)]), "bundle_encrypted", id="encrypted"),
    pytest.param(
        forge_zip([index(), Forged("a", flags=1 << 6)]), "bundle_encrypted", id="strongly encrypted"
    ),
    pytest.param(forge_zip([index(), Forged("a", flags=1 << 13)]), "bundle_encrypted", id="masked headers"),
    pytest.param(forge_zip([index(), Forged("a", method=99)]), "bundle_encrypted", id="AES"),
    pytest.param(forge_zip([index(), Forged("a", method=9)]), "bundle_compression", id="Deflate64"),
    pytest.param(
        honest_zip({"index.html": INDEX}, zipfile.ZIP_BZIP2), "bundle_compression", id="bzip2, real"
    ),
    pytest.param(honest_zip({"index.html": INDEX}, zipfile.ZIP_LZMA), "bundle_compression", id="LZMA, real"),
    pytest.param(
        forge_zip([index(), Forged("a", central={"version": 46})]),
        "bundle_compression",
        id="newer, directory",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", local={"version": 46})]), "bundle_compression", id="newer, header"
    ),
    pytest.param(forge_zip([index(), Forged("a", flags=1 << 5)]), "bundle_compression", id="patch data"),
    pytest.param(
        forge_zip([
            index(),
            Forged("a", b"abc", method=0, flags=FLAG_DESCRIPTOR, descriptor=descriptor(b"abc", b"abc")),
        ]),
        "bundle_compression",
        id="stored with descriptor",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", b"/etc/passwd", attributes=0o120777 << 16)]),
        "bundle_symlink",
        id="symbolic link",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", attributes=0o020644 << 16)]), "bundle_special_file", id="device"
    ),
    pytest.param(
        forge_zip([index(), Forged("a", attributes=0o010644 << 16)]), "bundle_special_file", id="pipe"
    ),
    pytest.param(
        forge_zip([index(), Forged("a", attributes=0o140644 << 16)]), "bundle_special_file", id="socket"
    ),
    pytest.param(
        forge_zip([index(), Forged("a", attributes=0o040755 << 16)]),
        "bundle_special_file",
        id="folder without slash",
    ),
    pytest.param(
        forge_zip([index(), Forged("a", attributes=0x10)]),
        "bundle_special_file",
        id="DOS folder without slash",
    ),
    pytest.param(
        forge_zip([index(), Forged("a/", b"content", attributes=0)]),
        "bundle_special_file",
        id="folder with content",
    ),
    pytest.param(named("../evil.js"), "bundle_path_traversal", id="up and out"),
    pytest.param(named("a/../../evil.js"), "bundle_path_traversal", id="up from within"),
    pytest.param(named("a/.."), "bundle_path_traversal", id="ends with up"),
    pytest.param(named("/etc/passwd"), "bundle_absolute_path", id="absolute"),
    pytest.param(named("//server/share"), "bundle_absolute_path", id="network share"),
    pytest.param(named("C:evil.js"), "bundle_drive_letter", id="drive, relative"),
    pytest.param(named("c:/evil.js"), "bundle_drive_letter", id="drive, absolute"),
    pytest.param(named("..\\evil.js"), "bundle_backslash", id="backslash up"),
    pytest.param(named("a\\b.js"), "bundle_backslash", id="backslash as separator"),
    pytest.param(named("./a.js"), "bundle_path", id="dot part"),
    pytest.param(named("a//b.js"), "bundle_path", id="empty part"),
    pytest.param(named("a./b.js"), "bundle_path", id="trailing dot"),
    pytest.param(named("b.js "), "bundle_path", id="trailing space"),
    pytest.param(named("/"), "bundle_absolute_path", id="the root itself"),
    pytest.param(named("a.js\0.png"), "bundle_name_character", id="NUL"),
    pytest.param(named("a\n.js"), "bundle_name_character", id="line feed"),
    pytest.param(named("a\x7f.js"), "bundle_name_character", id="delete"),
    pytest.param(named("a\u202egnp.js"), "bundle_name_character", id="right-to-left override"),
    pytest.param(named("a\u200b.js"), "bundle_name_character", id="zero-width space"),
    pytest.param(named("a" * 256), "bundle_name_too_long", id="part too long"),
    pytest.param(named("a/" * 255 + "abc"), "bundle_name_too_long", id="path too long"),
    pytest.param(named("a/" * 32 + "b"), "bundle_name_too_long", id="too deep"),
    pytest.param(named(b""), "bundle_malformed", id="no name"),
    pytest.param(
        forge_zip([index(), Forged(b"\x81.js", local={"flags": 0}, central={"flags": 0})]),
        "bundle_name_encoding",
        id="not ASCII, not marked",
    ),
    pytest.param(
        forge_zip([index(), Forged(b"\xff.js", flags=1 << 11)]), "bundle_name_encoding", id="not UTF-8"
    ),
    pytest.param(
        forge_zip([index(), Forged(b"\xed\xa0\x80.js", flags=1 << 11)]),
        "bundle_name_encoding",
        id="surrogate in UTF-8",
    ),
    pytest.param(
        forge_zip([index(), Forged("safe.js", local=UNDER_ANOTHER_NAME)]),
        "bundle_name_mismatch",
        id="two names",
    ),
    pytest.param(
        forge_zip([index(), Forged("a.js", central={"extra": unicode_path("../evil.js")})]),
        "bundle_name_mismatch",
        id="Unicode name in the directory",
    ),
    pytest.param(
        forge_zip([index(), Forged("a.js", local={"extra": unicode_path("../evil.js")})]),
        "bundle_name_mismatch",
        id="Unicode name in the header",
    ),
    pytest.param(named("a.js", "a.js"), "bundle_duplicate_name", id="same name twice"),
    pytest.param(
        forge_zip([index(), Forged("a/", b"", attributes=0), Forged("a/", b"", attributes=0)]),
        "bundle_duplicate_name",
        id="same folder twice",
    ),
    pytest.param(named("App.js", "app.js"), "bundle_case_collision", id="case"),
    pytest.param(named("Assets/a.js", "assets/b.js"), "bundle_case_collision", id="case of a folder"),
    pytest.param(named("INDEX.html"), "bundle_case_collision", id="case of the index"),
    pytest.param(named("stra\u00dfe.js", "STRASSE.js"), "bundle_case_collision", id="folded case"),
    pytest.param(named("caf\u00e9.js", "cafe\u0301.js"), "bundle_unicode_collision", id="composed letters"),
    pytest.param(named("a", "a/b.js"), "bundle_file_folder_conflict", id="file, then folder"),
    pytest.param(named("a/b.js", "a"), "bundle_file_folder_conflict", id="folder, then file"),
    pytest.param(named("index.html/x"), "bundle_file_folder_conflict", id="index as folder"),
    pytest.param(forge_zip([Forged("app.js")]), "bundle_no_index", id="no index"),
    pytest.param(forge_zip([index("a/b/")]), "bundle_no_index", id="index too deep"),
    pytest.param(forge_zip([index("www/"), Forged("readme")]), "bundle_no_index", id="two at the top"),
    pytest.param(forge_zip([index("www/"), Forged("x/y")]), "bundle_no_index", id="two folders at the top"),
    pytest.param(forge_zip([Forged("Index.html")]), "bundle_no_index", id="index in capitals"),
    pytest.param(
        forge_zip([index(), Forged("native-packages.json", b'{"a": 1}')]),
        "bundle_native_packages",
        id="a list of plugins that is none",
    ),
    pytest.param(
        forge_zip([Forged("index.html/", b"", method=0, attributes=0)]),
        "bundle_empty",
        id="index is a folder",
    ),
]


@pytest.mark.parametrize(("data", "code"), REFUSED)
def test_a_hostile_zip_is_refused_by_its_own_code(data: bytes, code: str) -> None:
    with pytest.raises(BundleError) as refusal:
        inspect(data)
    assert refusal.value.code == code


def test_every_error_is_tried_here() -> None:
    tried = {parameters.values[1] for parameters in REFUSED}
    assert {error.code for error in BUNDLE_ERRORS} == tried


def test_codes_and_titles_are_never_shared() -> None:
    assert len({error.code for error in BUNDLE_ERRORS}) == len(BUNDLE_ERRORS)
    assert len({error.title for error in BUNDLE_ERRORS}) == len(BUNDLE_ERRORS)


def test_the_message_names_the_entry_in_printable_form() -> None:
    with pytest.raises(BundleEntryError, match=r"Entry: a\\u202egnp\.js") as refusal:
        inspect(named("a\u202egnp.js"))
    assert refusal.value.message.isprintable()


def test_a_very_long_name_is_shown_in_part() -> None:
    with pytest.raises(BundleEntryError) as refusal:
        inspect(named("a" * 2000))
    assert len(refusal.value.message) < 300


ACCEPTED = [
    pytest.param(HONEST, ["assets/app.js", "index.html"], id="Python's writer"),
    pytest.param(
        forge_zip([index("www/"), Forged("www/a.js")]), ["a.js", "index.html"], id="single top folder"
    ),
    pytest.param(
        forge_zip([Forged("www/", b"", method=0, attributes=0o040755 << 16 | 0x10), index("www/")]),
        ["index.html"],
        id="folder entries",
    ),
    pytest.param(forge_zip([index(), streamed("a")]), ["a", "index.html"], id="descriptors"),
    pytest.param(
        forge_zip([index(), streamed("a", descriptor=descriptor(b"streamed", deflated(b"streamed"))[4:])]),
        ["a", "index.html"],
        id="descriptor without signature",
    ),
    pytest.param(forge_zip([index(), streamed("a", local={})]), ["a", "index.html"], id="sizes given twice"),
    pytest.param(forge_zip([index()], comment=b"made by hand"), ["index.html"], id="comment"),
    pytest.param(named("caf\u00e9/men\u00fc.js"), ["caf\u00e9/men\u00fc.js", "index.html"], id="UTF-8 names"),
    pytest.param(
        forge_zip([index(), Forged("é", central={"extra": unicode_path("é")})]),
        ["index.html", "é"],
        id="same Unicode name",
    ),
    pytest.param(
        forge_zip([index(), Forged("inner.zip", HONEST)]), ["index.html", "inner.zip"], id="nested zip"
    ),
    pytest.param(
        forge_zip([index(), Forged("inner.zip", HONEST, method=0)]),
        ["index.html", "inner.zip"],
        id="nested zip, stored",
    ),
    pytest.param(named("b", "B2", "a/z", "a.b"), ["B2", "a.b", "a/z", "b", "index.html"], id="path order"),
    pytest.param(forge_zip([index(), Forged("a", b"")]), ["a", "index.html"], id="empty file"),
    pytest.param(forge_zip([index("a/"), index()]), ["a/index.html", "index.html"], id="index at all levels"),
    pytest.param(
        forge_zip([index(), Forged("a", BIG[:9_000_000])]), ["a", "index.html"], id="regular but not large"
    ),
]


@pytest.mark.parametrize(("data", "paths"), ACCEPTED)
def test_an_honest_zip_is_accepted(data: bytes, paths: list[str]) -> None:
    facts = inspect(data)
    assert facts.sha256 == hashlib.sha256(data).hexdigest()
    assert facts.size == len(data)
    assert [file.path for file in facts.files] == paths


def test_the_manifest_lists_each_file_by_path_hash_and_size() -> None:
    facts = inspect(forge_zip([Forged("www/b.js", b"bb"), index("www/")]))
    assert facts.manifest == [
        {"path": "b.js", "sha256": hashlib.sha256(b"bb").hexdigest(), "size": 2},
        {"path": "index.html", "sha256": hashlib.sha256(INDEX).hexdigest(), "size": len(INDEX)},
    ]
    canonical = json.dumps(facts.manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert facts.manifest_sha256 == hashlib.sha256(canonical.encode()).hexdigest()
    assert facts.unpacked_size == 2 + len(INDEX)


def test_the_manifest_does_not_depend_on_how_the_files_were_packed() -> None:
    one = inspect(forge_zip([index("www/"), Forged("www/a", b"abc")]))
    other = inspect(forge_zip([Forged("a", b"abc", method=0), index()]))
    assert one.sha256 != other.sha256
    assert one.manifest_sha256 == other.manifest_sha256


def test_a_large_file_is_unpacked_in_pieces() -> None:
    data = bytes(range(256)) * 20_000
    facts = inspect(honest_zip({"index.html": INDEX, "big.bin": data}))
    assert facts.files[0].sha256 == hashlib.sha256(data).hexdigest()


def test_an_entry_that_declares_too_little_is_not_unpacked_to_its_end() -> None:
    data = stored_blocks(b"y" * 1_500_000)
    lie = Forged("a", b"y" * 1_500_000, packed=data, local={"size": 9}, central={"size": 9})
    file = io.BytesIO(forge_zip([index(), lie]))
    with pytest.raises(BundleError):
        bundle_inspect(file, limits=LIMITS)
    assert file.tell() < 3 * PIECE
