"""Where bundles rest: on disk, each once, under the SHA-256 of its bytes.

An archive is stored before the row that names it is committed. Should that commit fail, the file stays: it
is content-addressed, so the next upload of the same bytes uses it, and no row ever points to a missing file.
"""

import os
import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from django.conf import settings

_MODE: Final = 0o640


def archive_path(sha256: str) -> Path:
    """Say where the archive with this hash is or would be kept."""
    return Path(settings.BUNDLE_DIR) / sha256[:2] / f"{sha256}.zip"


def archive_store(*, upload: Path, sha256: str) -> Path:
    """Move a checked upload into the store, atomically and durably; a stored one is left as it is.

    Args:
        upload: The file; gone afterwards unless the archive was stored already.
        sha256: Hash of its bytes, as computed by the inspection.
    """
    target = archive_path(sha256)
    if target.exists() and target.stat().st_size == upload.stat().st_size:
        return target
    target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    source = _beside(upload, target.parent)
    source.chmod(_MODE)
    _sync(source)
    source.replace(target)
    _sync(target.parent)
    return target


def _beside(upload: Path, folder: Path) -> Path:
    """Return the upload on the same file system as `folder`, so that the rename can be atomic."""
    if upload.stat().st_dev == folder.stat().st_dev:
        return upload
    with upload.open("rb") as source, NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
    upload.unlink()
    return Path(copy.name)


def _sync(path: Path) -> None:
    """Force a file or a folder's entries to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def archives_stored() -> set[str]:
    """List the hashes of all archives in the store."""
    return {path.stem for path in Path(settings.BUNDLE_DIR).glob("??/*.zip")}


def archive_remove(*, sha256: str) -> None:
    """Remove an archive from the store; one that isn't there is as good. Who is reading it reads on."""
    archive_path(sha256).unlink(missing_ok=True)
