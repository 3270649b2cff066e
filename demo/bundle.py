"""The demo's web bundle: `demo/web/`, stamped with a version and zipped, byte for byte the same each time."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

WEB: Final = Path(__file__).resolve().parent / "web"
_STAMP: Final = b"{{ version }}"
# A zip holds each file's time; the oldest one it can express makes equal content equal bytes.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE: Final = 0o100644 << 16


def build(version: str, more: Mapping[str, str] | None = None) -> bytes:
    """Build the zip of one version; `more` are files that only this one has, or has otherwise."""
    files = {path.relative_to(WEB).as_posix(): path.read_bytes() for path in WEB.rglob("*") if path.is_file()}
    files |= {name: text.encode() for name, text in (more or {}).items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _REGULAR_FILE
            archive.writestr(entry, files[name].replace(_STAMP, version.encode()))
    return buffer.getvalue()
