"""Which files of OpenSSL providers are in this process's memory, and whether the disk still has the same.

A provider's file may be called anything, so what counts is that it offers OpenSSL a provider's entrance. And
what lies on the disk may have been replaced since: then its digest says nothing about this process.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

from compliance.desk.backends.modules.openssl_libraries import library_open
from compliance.desk.domain.modules.libraries import ModuleFile

_MAPS: Final = Path("/proc/self/maps")
_FIELDS: Final = 5
_GONE: Final = " (deleted)"
_ENTRANCE: Final = "OSSL_provider_init"


def modules_loaded() -> tuple[ModuleFile, ...]:
    """List the files of providers in this process's memory, each with its SHA-256; Linux only."""
    return tuple(
        ModuleFile(path, "" if is_gone else _digest(path))
        for path, is_gone in sorted(_mapped())
        if ".so" in Path(path).name and _is_provider(path)
    )


def libraries_loaded(part: str) -> list[str]:
    """List the files in this process's memory whose names hold `part`; Linux only, elsewhere none."""
    return sorted({path for path, _ in _mapped() if part in Path(path).name})


def _mapped() -> set[tuple[str, bool]]:
    """Read the list of what is mapped: where, and whether its name leads to something else by now."""
    try:
        lines = _MAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return set()
    names = {line.split(maxsplit=_FIELDS)[_FIELDS] for line in lines if line.count("/")}
    return {(name.removesuffix(_GONE), name.endswith(_GONE)) for name in names if name.startswith("/")}


def _is_provider(path: str) -> bool:
    library = library_open(path)
    if library is None:
        return "fips" in Path(path).name.lower()
    return hasattr(library, _ENTRANCE)


def _digest(path: str) -> str:
    try:
        found = Path(path).stat()
        return _digest_of(path, found.st_ino, found.st_mtime_ns, found.st_size)
    except (OSError, ValueError):
        return ""


@lru_cache(maxsize=16)
def _digest_of(path: str, *_: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
