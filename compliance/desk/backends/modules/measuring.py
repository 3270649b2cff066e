"""Tries each library: what is approved, and what a FIPS module has to refuse.

Needs no settings and no database, so that a process can be refused before it does anything.
"""

import _hashlib
import _ssl
import hashlib
import hmac
import platform
import ssl
from collections.abc import Callable, Sequence
from importlib import metadata
from typing import Final

from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.bindings import _rust as package
from cryptography.hazmat.bindings._rust import openssl as package_openssl
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from compliance.desk.backends.modules.loaded_files import libraries_loaded, modules_loaded
from compliance.desk.backends.modules.openssl_libraries import openssl_file, providers_of
from compliance.desk.domain.modules.libraries import (
    Attempt,
    Library,
    LibraryFacts,
    ModuleFile,
    Provider,
    module_version,
)

# How the libraries refuse; InternalError is what every call raises where no provider is there.
REFUSALS: Final = (
    ArithmeticError,
    InternalError,
    InvalidSignature,
    OSError,
    RuntimeError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
)
_SAMPLE: Final = b"abc"
# FIPS 180-4's own example.
_SAMPLE_SHA256: Final = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
_KEY: Final = bytes(range(32))
_NONCE: Final = bytes(12)
_SMALL_RSA_BITS: Final = 1024
_LONGEST_SAYING: Final = 120


def libraries_measure() -> tuple[LibraryFacts, ...]:
    """Measure the OpenSSL libraries of this process: those of the console's own code, and that of libpq."""
    asked, loaded = (python_measure(), *libpq_measure()), modules_loaded()
    return (asked[0], cryptography_measure(asked, loaded), *asked[1:])


def fips_is_asked_for() -> bool:
    """Whether the configuration of either library asks for FIPS; says nothing about whether it got it."""
    return bool(_hashlib.get_fips_mode()) or package_openssl.is_fips_enabled()


def python_measure() -> LibraryFacts:
    """Measure what `hashlib`, `hmac` and `ssl` rest on."""
    file = _file_of(_hashlib)
    providers = providers_of(file) if file else None
    return LibraryFacts(
        library=Library.PYTHON,
        version=f"{ssl.OPENSSL_VERSION}, Python {platform.python_version()}",
        linkage=openssl_file(file) if file else "not visible from here",
        providers=providers,
        asks_for_fips=bool(_hashlib.get_fips_mode()),
        attempts=(
            attempt("SHA-256 with a known answer, by OpenSSL", _python_digest, is_approved=True),
            attempt("HMAC-SHA-256, by OpenSSL", _python_mac, is_approved=True),
            attempt("A TLS context", _tls_context, is_approved=True),
            attempt("hashlib and ssl on one OpenSSL", _python_is_one, is_approved=True),
            attempt("MD5, by OpenSSL", lambda: _hashlib.new("md5", _SAMPLE), is_approved=False),
            attempt("HMAC-MD5, by OpenSSL", lambda: _hashlib.hmac_digest(_KEY, _SAMPLE, "md5")),
            attempt("Offering ChaCha20-Poly1305 in TLS", _tls_offers_chacha),
        ),
        files=_files_of(providers, modules_loaded()),
        module_version=module_version(providers),
    )


def libpq_measure() -> tuple[LibraryFacts, ...]:
    """Ask the OpenSSL of libpq, where it's in the process; nothing can be tried through it."""
    file = next((path for path in libraries_loaded("libcrypto") if "psycopg" in path), "")
    if not file:
        return ()
    providers = providers_of(file)
    own = next((each for each in providers or () if not each.does_fips), None)
    return (
        LibraryFacts(
            library=Library.LIBPQ,
            version=f"OpenSSL {own.version}" if own else "OpenSSL",
            linkage=f"inside the wheel: {file.partition('site-packages')[2] or file}",
            providers=providers,
            asks_for_fips=None,
            attempts=(),
            files=_files_of(providers, modules_loaded()),
            module_version=module_version(providers),
        ),
    )


def cryptography_measure(
    others: Sequence[LibraryFacts] = (), loaded: Sequence[ModuleFile] = ()
) -> LibraryFacts:
    """Measure the OpenSSL of the package `cryptography`, which may be another one than Python's.

    Args:
        others: What was measured of those that can be asked. A module that none of them has is this one's.
        loaded: The files of providers in this process.
    """
    providers = providers_of(str(package.__file__))
    taken = {file.path for facts in others for file in facts.files}
    files = (
        _files_of(providers, loaded)
        if providers is not None
        else tuple(file for file in loaded if file.path not in taken)
    )
    return LibraryFacts(
        library=Library.CRYPTOGRAPHY,
        version=package_openssl.openssl_version_text(),
        linkage=openssl_file(str(package.__file__)) or _package_linkage(),
        providers=providers,
        asks_for_fips=package_openssl.is_fips_enabled(),
        attempts=(
            attempt(
                "SHA-256 with a known answer", lambda: _package_digest(hashes.SHA256()), is_approved=True
            ),
            attempt("ES256, sign and verify", _package_ecdsa, is_approved=True),
            attempt("AES-256-GCM, seal and open", _package_seal, is_approved=True),
            attempt("MD5", lambda: _package_digest(hashes.MD5())),  # noqa: S303 (it's to be refused)
            attempt("Signing with RSA of 1,024 bits", _package_small_rsa),
            attempt("ChaCha20-Poly1305", lambda: ChaCha20Poly1305(_KEY).encrypt(_NONCE, _SAMPLE, None)),
            attempt("A key for X25519", x25519.X25519PrivateKey.generate),
        ),
        files=files,
        module_version=module_version(providers, files=files, others=others),
    )


def attempt(title: str, run: Callable[[], object], *, is_approved: bool = False) -> Attempt:
    """Try something, and note how it ended.

    Args:
        title: What it is.
        run: Does it; raises one of `REFUSALS` where it can't be done.
        is_approved: Whether a FIPS module does it.
    """
    try:
        run()
    except REFUSALS as exc:
        return Attempt(title, is_approved=is_approved, worked=False, said=_said(exc))
    return Attempt(title, is_approved=is_approved, worked=True)


def _said(exc: Exception) -> str:
    if isinstance(exc, InternalError):
        return "an internal error of the library"  # its own text guesses at other causes, at length
    return " ".join(str(exc).split())[:_LONGEST_SAYING] or type(exc).__name__


def _file_of(module: object) -> str:
    return str(getattr(module, "__file__", "") or "")


def _files_of(providers: Sequence[Provider] | None, loaded: Sequence[ModuleFile]) -> tuple[ModuleFile, ...]:
    """Pick the files in which these providers' code lies; OpenSSL's own providers lie in itself."""
    places = {each.file for each in providers or ()}
    return tuple(file for file in loaded if file.path in places)


def _package_linkage() -> str:
    # The makers' wheels carry an OpenSSL of their own; a build on the spot is tagged as this machine's.
    wheel = (metadata.distribution("cryptography").read_text("WHEEL") or "").splitlines()
    tags = [line.partition(": ")[2] for line in wheel if line.startswith("Tag: ")]
    if any("-linux_" in tag for tag in tags):
        return f"built on the spot ({tags[0]})"
    return f"inside the wheel ({tags[0]})" if tags else "not visible from here"


def _python_digest() -> None:
    # Where OpenSSL refuses, hashlib silently takes Python's own code instead: the same answer, by no module.
    if hashlib.sha256.__module__ != "_hashlib":
        raise ValueError("Python fell back on its own code, which is no module of anything")
    _equal(_hashlib.new("sha256", _SAMPLE).hexdigest(), _SAMPLE_SHA256)


def _python_is_one() -> None:
    one, other = (openssl_file(_file_of(module)) for module in (_hashlib, _ssl))
    if one != other:
        raise ValueError(f"{one or 'none that is seen'} and {other or 'none that is seen'}")


def _python_mac() -> None:
    _equal(_hashlib.hmac_digest(_KEY, _SAMPLE, "sha256").hex(), hmac.new(_KEY, _SAMPLE, "sha256").hexdigest())


def _tls_context() -> None:
    if not ssl.create_default_context().get_ciphers():
        raise ValueError("no cipher suites")


def _tls_offers_chacha() -> None:
    # The suites of a default context are these; making one reads all authorities from the disk again.
    offered = [suite["name"] for suite in ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).get_ciphers()]
    if not any("CHACHA20" in name for name in offered):
        raise ValueError("it isn't among the suites that are offered")


def _package_digest(algorithm: hashes.HashAlgorithm) -> None:
    digest = hashes.Hash(algorithm)
    digest.update(_SAMPLE)
    made = digest.finalize().hex()
    if isinstance(algorithm, hashes.SHA256):
        _equal(made, _SAMPLE_SHA256)


def _package_ecdsa() -> None:
    key, scheme = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(hashes.SHA256())
    key.public_key().verify(key.sign(_SAMPLE, scheme), _SAMPLE, scheme)


def _package_seal() -> None:
    aead = AESGCM(_KEY)
    _equal(aead.decrypt(_NONCE, aead.encrypt(_NONCE, _SAMPLE, b"here"), b"here").hex(), _SAMPLE.hex())


def _package_small_rsa() -> None:
    # Making such a key may work even where a FIPS provider is at work, so it's the signature that is judged.
    key = rsa.generate_private_key(public_exponent=65537, key_size=_SMALL_RSA_BITS)
    key.sign(_SAMPLE, padding.PKCS1v15(), hashes.SHA256())


def _equal(made: str, expected: str) -> None:
    if made != expected:
        raise ValueError("the answer is wrong")
