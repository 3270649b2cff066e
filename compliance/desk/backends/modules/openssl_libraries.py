"""Asks loaded OpenSSL libraries which providers they have, what those are, and lets them test themselves.

Python has no call for it, so the C library is asked (provider.h, core.h and evp.h of OpenSSL's public
interface since 3.0). A library that hides its symbols, as the one inside the package cryptography does, can't
be asked; what it does is tried instead.

No name is believed: a configuration can call any provider "fips". What counts is who answers a request for
FIPS algorithms, and in which file the code of that provider lies.
"""

import ctypes
import os
from typing import Any, Final

from compliance.desk.domain.modules.libraries import Provider

_UTF8_POINTER: Final = 6  # OSSL_PARAM_UTF8_PTR
_INTEGER: Final = 1  # OSSL_PARAM_INTEGER
_VISIT: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_PROCESS: Final = ctypes.CDLL(None)


class _Parameter(ctypes.Structure):
    """OSSL_PARAM of openssl/core.h."""

    _fields_ = [
        ("key", ctypes.c_char_p),
        ("data_type", ctypes.c_uint),
        ("data", ctypes.c_void_p),
        ("data_size", ctypes.c_size_t),
        ("return_size", ctypes.c_size_t),
    ]


class _Dispatch(ctypes.Structure):
    """OSSL_DISPATCH of openssl/core.h."""

    _fields_ = [("id", ctypes.c_int), ("function", ctypes.c_void_p)]


class _Place(ctypes.Structure):
    """Dl_info of dlfcn.h."""

    _fields_ = [
        ("file", ctypes.c_char_p),
        ("base", ctypes.c_void_p),
        ("symbol", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
    ]


def library_open(file: str) -> Any | None:
    """Take hold of a library that is in this process already; another one is never loaded."""
    try:
        return ctypes.CDLL(file, mode=os.RTLD_NOLOAD | os.RTLD_NOW)
    except OSError:
        return None


def openssl_file(file: str) -> str:
    """Say in which file the OpenSSL lies that a loaded library calls; empty where that can't be seen."""
    library = _openssl(file)
    return _file_of(ctypes.cast(library.OSSL_PROVIDER_do_all, ctypes.c_void_p).value) if library else ""


def providers_of(file: str) -> tuple[Provider, ...] | None:
    """List the providers of the OpenSSL that a loaded library is, or calls; FIPS ones test themselves.

    Args:
        file: Path of a library that is in this process already.

    Returns:
        None where it can't be asked.
    """
    library = _openssl(file)
    if library is None:
        return None
    does_fips = _fips_provider(library)
    found: list[Provider] = []

    def visit(provider: int, _: int) -> int:
        is_fips = provider == does_fips
        found.append(
            Provider(
                name=library.OSSL_PROVIDER_get0_name(provider).decode(),
                title=_text(library, provider, b"name"),
                version=_text(library, provider, b"version"),
                build=_text(library, provider, b"buildinfo"),
                file=_file_of(_first_function(library, provider)),
                does_fips=is_fips,
                tests_itself=bool(library.OSSL_PROVIDER_self_test(provider)) if is_fips else None,
                checks_keys=_flag(library, provider, b"security-checks") if is_fips else None,
            )
        )
        return 1

    library.OSSL_PROVIDER_do_all(None, _VISIT(visit), None)
    return tuple(found)


def _openssl(file: str) -> Any | None:
    """Bind as the dynamic linker did: what was put in front of everything (LD_PRELOAD) is what is called."""
    own = library_open(file)
    if own is None or not hasattr(own, "OSSL_PROVIDER_do_all"):
        return None
    library: Any = _PROCESS if hasattr(_PROCESS, "OSSL_PROVIDER_do_all") else own
    library.OSSL_PROVIDER_get0_name.restype = ctypes.c_char_p
    library.OSSL_PROVIDER_get0_name.argtypes = [ctypes.c_void_p]
    library.OSSL_PROVIDER_get_params.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    library.OSSL_PROVIDER_get0_dispatch.restype = ctypes.POINTER(_Dispatch)
    library.OSSL_PROVIDER_get0_dispatch.argtypes = [ctypes.c_void_p]
    library.OSSL_PROVIDER_self_test.argtypes = [ctypes.c_void_p]
    library.OSSL_PROVIDER_do_all.argtypes = [ctypes.c_void_p, _VISIT, ctypes.c_void_p]
    library.EVP_MD_fetch.restype = ctypes.c_void_p
    library.EVP_MD_fetch.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
    library.EVP_MD_get0_provider.restype = ctypes.c_void_p
    library.EVP_MD_get0_provider.argtypes = [ctypes.c_void_p]
    library.EVP_MD_free.argtypes = [ctypes.c_void_p]
    return library


def _fips_provider(library: Any) -> int | None:
    """Ask for SHA-256 as a FIPS algorithm, and say which provider answers."""
    digest = library.EVP_MD_fetch(None, b"SHA2-256", b"fips=yes")
    if not digest:
        library.ERR_clear_error()  # or the next call of anybody would find this refusal
        return None
    provider: int = library.EVP_MD_get0_provider(digest)
    library.EVP_MD_free(digest)
    return provider


def _first_function(library: Any, provider: int) -> int | None:
    table = library.OSSL_PROVIDER_get0_dispatch(provider)
    return table[0].function if table else None


def _file_of(address: int | None) -> str:
    place = _Place()
    if not address or not _PROCESS.dladdr(ctypes.c_void_p(address), ctypes.byref(place)):
        return ""
    return os.path.realpath(str(place.file, "utf-8", "replace"))


def _text(library: Any, provider: int, key: bytes) -> str:
    value = ctypes.c_char_p()
    answered = _asked(library, provider, key, _UTF8_POINTER, value)
    return str(value.value or b"", "utf-8", "replace") if answered else ""


def _flag(library: Any, provider: int, key: bytes) -> bool | None:
    value = ctypes.c_int(-1)
    answered = _asked(library, provider, key, _INTEGER, value)
    return bool(value.value) if answered and value.value >= 0 else None


def _asked(library: Any, provider: int, key: bytes, kind: int, value: Any) -> bool:
    where, size = ctypes.cast(ctypes.pointer(value), ctypes.c_void_p), ctypes.sizeof(value)
    question = (_Parameter * 2)(_Parameter(key, kind, where, size, 0), _Parameter(None, 0, None, 0, 0))
    return bool(library.OSSL_PROVIDER_get_params(provider, ctypes.byref(question)))
