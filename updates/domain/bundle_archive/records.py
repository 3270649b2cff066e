"""The zip's records (APPNOTE 6.3.10): end of directory, central directory, local headers.

Read here rather than by `zipfile`, which trusts the central directory alone and doesn't compare it with what
other readers go by. Everything is checked before any entry is unpacked.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from updates.domain.bundle_archive.errors import (
    BundleCompressionError,
    BundleEmptyError,
    BundleHiddenDataError,
    BundleMalformedError,
    BundleNameMismatchError,
    BundleNotZipError,
    BundleOverlapError,
    BundleSizeError,
    BundleTooManyEntriesError,
    BundleTruncatedError,
    BundleZIP64Error,
)
from updates.domain.bundle_archive.names import name_decode

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_LOCAL_SIGNATURE: Final = b"PK\x03\x04"
_CENTRAL_SIGNATURE: Final = b"PK\x01\x02"
_END_SIGNATURE: Final = b"PK\x05\x06"
_DESCRIPTOR_SIGNATURE: Final = b"PK\x07\x08"
_ZIP64_LOCATOR_SIGNATURE: Final = b"PK\x06\x07"
_ZIP64_LOCATOR_BYTES: Final = 20
_DESCRIPTOR_MAX: Final = 24
_ZIP64_DESCRIPTOR_BYTES: Final = frozenset({20, 24})
_COMMENT_MAX: Final = 0xFFFF
# "See the ZIP64 record" in a field of 16 or 32 bits.
_SENTINEL_16: Final = 0xFFFF
_SENTINEL_32: Final = 0xFFFFFFFF
_DIRECTORY_BYTES_PER_ENTRY: Final = 2048  # far beyond what names and the usual extra fields take

_VERSION_MAX: Final = 45  # of the format; stored and deflated entries need 20
_FLAG_DESCRIPTOR: Final = 1 << 3
_FLAG_UTF8: Final = 1 << 11
_EXTRA_ZIP64: Final = 0x0001
_EXTRA_UNICODE_PATH: Final = 0x7075


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the central directory declares it; nothing in it is checked yet but its own shape."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    attributes: int
    offset: int

    @property
    def has_descriptor(self) -> bool:
        """Whether sizes and checksum follow the data instead of preceding it."""
        return bool(self.flags & _FLAG_DESCRIPTOR)


@dataclass(frozen=True, slots=True)
class LocatedEntry:
    """An entry with the place of its packed bytes."""

    entry: Entry
    data_start: int


def records_read(file: BinaryIO, *, size: int, max_entries: int) -> list[LocatedEntry]:
    """Read all entries, in the order of the directory, and check the whole structure.

    Args:
        file: The archive; seekable.
        size: Its length in bytes.
        max_entries: Most entries accepted, folders included.

    Raises:
        BundleEmptyError: There isn't a single byte.
        BundleError: A subclass names the first rule that is broken.
    """
    if size == 0:
        raise BundleEmptyError
    directory_start, directory, count = _directory_find(file, size, max_entries)
    entries = _central_entries(directory, count)
    located = [_local_check(file, entry, directory_start) for entry in entries]
    _end_to_end_check(file, located, directory_start)
    return located


# Find the one end record, right at the end, and return the directory before it.
def _directory_find(file: BinaryIO, size: int, max_entries: int) -> tuple[int, bytes, int]:
    tail_start = max(0, size - _END.size - _COMMENT_MAX)
    tail = _read(file, tail_start, size - tail_start)
    place = tail.rfind(_END_SIGNATURE)
    if place < 0 or place + _END.size > len(tail):
        raise _without_end(file, size)
    _, disk, first_disk, here, count, length, start, comment = _END.unpack_from(tail, place)
    end = tail_start + place
    if _SENTINEL_16 in {here, count} or _SENTINEL_32 in {length, start}:
        raise BundleZIP64Error
    if end + _END.size + comment != size:
        raise BundleTruncatedError if end + _END.size + comment > size else BundleHiddenDataError
    if disk or first_disk or here != count:
        raise BundleMalformedError("The archive is one part of several.")
    if count > max_entries:
        raise BundleTooManyEntriesError
    if length > count * _DIRECTORY_BYTES_PER_ENTRY or start + length > end:
        raise BundleMalformedError("The archive's directory isn't where its end says.")
    if start + length < end:
        locator = _read(file, max(0, end - _ZIP64_LOCATOR_BYTES), min(4, end))
        raise BundleZIP64Error if locator == _ZIP64_LOCATOR_SIGNATURE else BundleHiddenDataError
    directory = _read(file, start, length)
    _one_end_check(directory, start, size)
    return start, directory, count


# Refuse a second end record, so that readers which search forwards and backwards find the same.
def _one_end_check(directory: bytes, start: int, size: int) -> None:
    place = directory.find(_END_SIGNATURE)
    while place >= 0:
        comment = directory[place + _END.size - 2 : place + _END.size]
        if start + place + _END.size + int.from_bytes(comment, "little") == size:
            raise BundleHiddenDataError
        place = directory.find(_END_SIGNATURE, place + 1)


def _without_end(file: BinaryIO, size: int) -> BundleNotZipError | BundleTruncatedError:
    begins_as_zip = _read(file, 0, min(4, size)) == _LOCAL_SIGNATURE
    return BundleTruncatedError() if begins_as_zip else BundleNotZipError()


def _central_entries(directory: bytes, count: int) -> Iterator[Entry]:
    place = 0
    for _ in range(count):
        if place + _CENTRAL.size > len(directory):
            raise BundleMalformedError("The archive's directory ends too early.")
        fields = _CENTRAL.unpack_from(directory, place)
        signature, _, version, flags, method, _, _, crc, packed, size = fields[:10]
        name_length, extra_length, comment_length, disk, _, attributes, offset = fields[10:]
        name_start = place + _CENTRAL.size
        place = name_start + name_length + extra_length + comment_length
        if signature != _CENTRAL_SIGNATURE or disk or place > len(directory) or not name_length:
            raise BundleMalformedError("An entry of the archive's directory is malformed.")
        if _SENTINEL_32 in {packed, size, offset}:
            raise BundleZIP64Error
        raw_name = directory[name_start : name_start + name_length]
        name = name_decode(raw_name, utf8=bool(flags & _FLAG_UTF8))
        _version_check(version, name)
        extra_start = name_start + name_length
        _extra_check(directory[extra_start : extra_start + extra_length], name)
        yield Entry(name, raw_name, flags, method, crc, packed, size, attributes, offset)
    if place != len(directory):
        raise BundleMalformedError("The archive's directory goes on after its last entry.")


# Some readers refuse what asks for a newer one, others don't look.
def _version_check(needed: int, name: str) -> None:
    if needed & 0xFF > _VERSION_MAX:
        raise BundleCompressionError(name, "It asks for a newer unpacker.")


# Refuse extra fields by which some readers would replace an entry's sizes or name.
def _extra_check(extra: bytes, name: str) -> None:
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        value = extra[place + 4 : place + 4 + length]
        if kind == _EXTRA_ZIP64:
            raise BundleZIP64Error
        if kind == _EXTRA_UNICODE_PATH and value[5:] != name.encode():
            raise BundleNameMismatchError(name)
        place += 4 + length


# Compare an entry's local header with the directory.
def _local_check(file: BinaryIO, entry: Entry, directory_start: int) -> LocatedEntry:
    if entry.offset + _LOCAL.size > directory_start:
        raise BundleMalformedError("An entry of the archive isn't where its directory says.")
    header = _LOCAL.unpack(_read(file, entry.offset, _LOCAL.size))
    signature, version, flags, method, _, _, crc, packed, size, name_length, extra_length = header
    data_start = entry.offset + _LOCAL.size + name_length + extra_length
    if signature != _LOCAL_SIGNATURE or data_start + entry.packed_size > directory_start:
        raise BundleMalformedError("An entry of the archive isn't where its directory says.")
    rest = _read(file, entry.offset + _LOCAL.size, name_length + extra_length)
    if rest[:name_length] != entry.raw_name:
        raise BundleNameMismatchError(entry.name)
    _extra_check(rest[name_length:], entry.name)
    _version_check(version, entry.name)
    if (flags, method) != (entry.flags, entry.method):
        raise BundleMalformedError("An entry's header and the archive's directory disagree.")
    _header_sizes_check(entry, (crc, packed, size))
    return LocatedEntry(entry, data_start)


# With a descriptor the header may leave each of them open (as 0), but it may not contradict.
def _header_sizes_check(entry: Entry, in_header: tuple[int, int, int]) -> None:
    declared = (entry.crc, entry.packed_size, entry.size)
    for here, there in zip(in_header, declared, strict=True):
        if here != there and not (entry.has_descriptor and here == 0):
            raise BundleSizeError(entry.name)


# Check that the records fill the file from its first byte to the directory.
def _end_to_end_check(file: BinaryIO, located: list[LocatedEntry], directory_start: int) -> None:
    in_order = sorted(located, key=lambda one: one.entry.offset)
    starts = [*(one.entry.offset for one in in_order), directory_start]
    if starts[0] != 0:
        raise BundleHiddenDataError
    for one, following in zip(in_order, starts[1:], strict=True):
        gap = following - one.data_start - one.entry.packed_size
        if gap < 0:
            raise BundleOverlapError(one.entry.name)
        if one.entry.has_descriptor:
            _descriptor_check(_read(file, following - gap, min(gap, _DESCRIPTOR_MAX + 1)), one.entry)
        elif gap:
            raise BundleHiddenDataError


def _descriptor_check(found: bytes, entry: Entry) -> None:
    """Check the record after an entry's data: with or without signature, and nothing else."""
    expected = struct.pack("<3L", entry.crc, entry.packed_size, entry.size)
    if found not in {expected, _DESCRIPTOR_SIGNATURE + expected}:
        raise BundleZIP64Error if len(found) in _ZIP64_DESCRIPTOR_BYTES else BundleHiddenDataError


def _read(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    data = file.read(length)
    if len(data) != length:
        raise BundleTruncatedError
    return data
