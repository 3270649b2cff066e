"""Makes zips that no honest tool would: each field of each record can be made to lie."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# It says that it works, as each honest bundle does.
INDEX = (
    b"<!doctype html><title>clinic</title>"
    b"<script type=module>Capacitor.Plugins.CapacitorUpdater.notifyAppReady()</script>"
)


@dataclass
class Forged:
    """One entry; `local` and `central` override fields of that record only."""

    name: str | bytes
    data: bytes = b"x"
    method: int = 8
    flags: int = 0
    attributes: int = 0o100644 << 16
    packed: bytes | None = None
    local: dict[str, Any] = field(default_factory=dict)
    central: dict[str, Any] = field(default_factory=dict)
    descriptor: bytes | None = None
    after: bytes = b""

    def raw_name(self) -> bytes:
        return self.name if isinstance(self.name, bytes) else self.name.encode()

    def packed_bytes(self) -> bytes:
        if self.packed is not None:
            return self.packed
        return deflated(self.data) if self.method == 8 else self.data

    def fields(self) -> dict[str, Any]:
        utf8 = 0 if self.raw_name().isascii() else 1 << 11
        return {
            "name": self.raw_name(),
            "version": 20,
            "flags": self.flags | utf8,
            "method": self.method,
            "crc": zlib.crc32(self.data),
            "packed_size": len(self.packed_bytes()),
            "size": len(self.data),
            "extra": b"",
        }


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def index(prefix: str = "") -> Forged:
    return Forged(f"{prefix}index.html", INDEX)


def forge_zip(entries: Iterable[Forged], *, before: bytes = b"", after: bytes = b"", **end: Any) -> bytes:
    """Write the records one after another, as asked for; `end` overrides fields of the end record."""
    body, directory, count = bytearray(before), bytearray(), 0
    for entry in entries:
        offset = len(body)
        body += _local(entry.fields() | entry.local) + entry.packed_bytes()
        body += (entry.descriptor or b"") + entry.after
        directory += _central(
            {"offset": offset, "attributes": entry.attributes, "comment": b"", "disk": 0}
            | entry.fields()
            | entry.central
        )
        count += 1
    last: dict[str, Any] = {
        "start": len(body),
        "length": len(directory),
        "count": count,
        "comment": b"",
        "between": b"",
    } | end
    record = struct.pack(
        "<4s4H2LH",
        b"PK\x05\x06",
        last.get("disk", 0),
        0,
        last["count"],
        last["count"],
        last["length"],
        last["start"],
        last.get("comment_length", len(last["comment"])),
    )
    return bytes(body + directory + last["between"] + record + last["comment"] + after)


def honest_zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Let Python's own writer make it; the same bytes each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return buffer.getvalue()


def _local(f: dict[str, Any]) -> bytes:
    head = struct.pack(
        "<4s5H3L2H",
        b"PK\x03\x04",
        f["version"],
        f["flags"],
        f["method"],
        0,
        0,
        f["crc"],
        f["packed_size"],
        f["size"],
        len(f["name"]),
        len(f["extra"]),
    )
    return bytes(head + f["name"] + f["extra"])


def _central(f: dict[str, Any]) -> bytes:
    head = struct.pack(
        "<4s6H3L5H2L",
        b"PK\x01\x02",
        3 << 8 | 20,
        f["version"],
        f["flags"],
        f["method"],
        0,
        0,
        f["crc"],
        f["packed_size"],
        f["size"],
        len(f["name"]),
        len(f["extra"]),
        len(f["comment"]),
        f["disk"],
        0,
        f["attributes"],
        f["offset"],
    )
    return bytes(head + f["name"] + f["extra"] + f["comment"])
