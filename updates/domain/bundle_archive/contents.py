"""The bytes of the entries: unpacked once, counted, checked and hashed, never kept."""

import hashlib
import stat
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from updates.domain.bundle_archive.errors import (
    BundleCompressionError,
    BundleCorruptError,
    BundleEncryptedError,
    BundleSizeError,
    BundleSpecialFileError,
    BundleSymlinkError,
)
from updates.domain.bundle_archive.records import Entry, LocatedEntry

_CHUNK: Final = 1 << 16
_STORED: Final = 0
_DEFLATED: Final = 8
_AES: Final = 99
# Encrypted, strongly encrypted, and headers masked by encryption of the directory.
_FLAGS_ENCRYPTED: Final = 1 << 0 | 1 << 6 | 1 << 13
_FLAG_PATCH: Final = 1 << 5
_DOS_FOLDER: Final = 0x10


def entry_is_folder(entry: Entry) -> bool:
    """Tell whether an entry is a folder, by the slash at the end of its name.

    Raises:
        BundleSymlinkError: It's a symbolic link.
        BundleSpecialFileError: Its attributes say something other than its name, or it's a device, pipe or
            socket, or a folder with content.
    """
    kind = stat.S_IFMT(entry.attributes >> 16)
    if kind == stat.S_IFLNK:
        raise BundleSymlinkError(entry.name)
    named_folder = entry.name.endswith("/")
    if kind not in {0, stat.S_IFDIR if named_folder else stat.S_IFREG}:
        raise BundleSpecialFileError(entry.name)
    if (named_folder and entry.size) or (entry.attributes & _DOS_FOLDER and not named_folder):
        raise BundleSpecialFileError(entry.name)
    return named_folder


def method_check(entry: Entry) -> None:
    """Check that devices can unpack an entry.

    Raises:
        BundleEncryptedError: It's encrypted.
        BundleCompressionError: It's packed in a way that not all devices know.
    """
    if entry.flags & _FLAGS_ENCRYPTED or entry.method == _AES:
        raise BundleEncryptedError(entry.name)
    if entry.method not in {_STORED, _DEFLATED} or entry.flags & _FLAG_PATCH:
        raise BundleCompressionError(entry.name)
    if entry.method == _STORED and entry.has_descriptor:  # a reader of records couldn't find its end
        hint = "Android can't unpack a stored entry whose size follows it; don't stream when zipping."
        raise BundleCompressionError(entry.name, hint)


def content_sha256(
    file: BinaryIO, located: LocatedEntry, reader: Callable[[bytes], None] | None = None
) -> str:
    """Unpack an entry, check it against what was declared, and return its SHA-256 in hex.

    `reader` is given the bytes as they come: only the end tells whether they are what was declared.

    Raises:
        BundleSizeError: More or fewer bytes than declared.
        BundleCorruptError: The packed data or the checksum is wrong.
    """
    entry = located.entry
    digest, crc, size = hashlib.sha256(), 0, 0
    for chunk in _unpacked(file, located):
        size += len(chunk)
        if size > entry.size:  # stops a bomb that declares too little at its first byte too many
            raise BundleSizeError(entry.name)
        crc = zlib.crc32(chunk, crc)
        digest.update(chunk)
        if reader:
            reader(chunk)
    if size != entry.size:
        raise BundleSizeError(entry.name)
    if crc != entry.crc:
        raise BundleCorruptError(entry.name)
    return digest.hexdigest()


def _unpacked(file: BinaryIO, located: LocatedEntry) -> Iterator[bytes]:
    if located.entry.method == _STORED:
        yield from _packed(file, located)
        return
    yield from _inflated(file, located)


# Inflate, in bounded pieces; the stream must end exactly where the packed data does.
def _inflated(file: BinaryIO, located: LocatedEntry) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in _packed(file, located):
            # Data after the stream's end would be the next record for a reader that goes by the stream.
            if inflater.eof:
                raise BundleCorruptError(located.entry.name)
            waiting = packed
            while waiting and not inflater.eof:
                yield inflater.decompress(waiting, _CHUNK)
                waiting = inflater.unconsumed_tail
        while piece := inflater.decompress(inflater.unconsumed_tail, _CHUNK):
            yield piece
    except zlib.error as error:
        raise BundleCorruptError(located.entry.name) from error
    if not inflater.eof or inflater.unused_data:
        raise BundleCorruptError(located.entry.name)


def _packed(file: BinaryIO, located: LocatedEntry) -> Iterator[bytes]:
    file.seek(located.data_start)
    left = located.entry.packed_size
    while left:
        chunk = file.read(min(_CHUNK, left))
        if not chunk:
            raise BundleCorruptError(located.entry.name)
        left -= len(chunk)
        yield chunk
