"""Asks loaded OpenSSL libraries which providers they have; reads which FIPS modules are in this process.

Python has no call for it, so the C library is asked (OSSL_PROVIDER_do_all, OSSL_PROVIDER_get_params: part of
OpenSSL's public interface since 3.0). A library that hides its symbols, as the one inside the package
cryptography does, can't be asked; what it does is tried instead.
"""

import ctypes
import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from compliance.desk.domain.modules.libraries import Provider

_MAPS: Final = Path("/proc/self/maps")
_UTF8_POINTER: Final = 6  # OSSL_PARAM_UTF8_PTR
_VISIT: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


class _Parameter(ctypes.Structure):
    """OSSL_PARAM of openssl/core.h."""

    _fields_ = [
        ("key", ctypes.c_char_p),
        ("data_type", ctypes.c_uint),
        ("data", ctypes.c_void_p),
        ("data_size", ctypes.c_size_t),
        ("return_size", ctypes.c_size_t),
    ]


def providers_of(file: str) -> tuple[Provider, ...] | None:
    """List the providers of the OpenSSL that a loaded library is, or is linked to.

    Args:
        file: Path of a library that is in this process already; another one is never loaded.

    Returns:
        None where it can't be asked.
    """
    try:
        library: Any = ctypes.CDLL(file, mode=os.RTLD_NOLOAD | os.RTLD_NOW)
        library.OSSL_PROVIDER_get0_name.restype = ctypes.c_char_p
        library.OSSL_PROVIDER_get0_name.argtypes = [ctypes.c_void_p]
        library.OSSL_PROVIDER_get_params.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        library.OSSL_PROVIDER_do_all.argtypes = [ctypes.c_void_p, _VISIT, ctypes.c_void_p]
    except (OSError, AttributeError):
        return None
    found: list[Provider] = []

    def visit(provider: int, _: int) -> int:
        name = library.OSSL_PROVIDER_get0_name(provider).decode()
        words = (_asked(library, provider, key) for key in (b"name", b"version", b"buildinfo"))
        found.append(Provider(name, *words))
        return 1

    library.OSSL_PROVIDER_do_all(None, _VISIT(visit), None)
    return tuple(found)


def _asked(library: Any, provider: int, key: bytes) -> str:
    value = ctypes.c_char_p()
    where = ctypes.cast(ctypes.pointer(value), ctypes.c_void_p)
    question = (_Parameter * 2)(_Parameter(key, _UTF8_POINTER, where, 0, 0), _Parameter(None, 0, None, 0, 0))
    answered = library.OSSL_PROVIDER_get_params(provider, ctypes.byref(question))
    return value.value.decode() if answered and value.value else ""


def libraries_loaded(part: str) -> list[str]:
    """List the files in this process's memory whose names hold `part`; Linux only, elsewhere none."""
    try:
        lines = _MAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    paths = {line.split(maxsplit=5)[5] for line in lines if line.count("/")}
    return sorted(path for path in paths if part in Path(path).name)


def fips_modules_loaded() -> tuple[tuple[str, str], ...]:
    """Name the files of FIPS modules in this process's memory, each with its SHA-256."""
    return tuple((path, _digest(path)) for path in libraries_loaded("fips") if path.endswith((".so", ".dll")))


@lru_cache(maxsize=8)
def _digest(path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except (OSError, ValueError):
        return ""
