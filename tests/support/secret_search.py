"""Looking for secrets in heaps of bytes, in every spelling in which one leaks."""

import base64
from collections.abc import Iterable, Iterator

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)


def secret_numbers(algorithm: str, material: bytes) -> dict[str, bytes]:
    """Name the secret numbers of a key, in which any encoding of it contains them."""
    if algorithm == "HS256":
        return {"secret": material}
    if algorithm == "Ed25519" and len(material) == 32:
        return {"seed": material}
    key = load_der_private_key(material, None)
    if isinstance(key, rsa.RSAPrivateKey):
        private = key.private_numbers()
        numbers = {
            "d": private.d,
            "p": private.p,
            "q": private.q,
            "dp": private.dmp1,
            "dq": private.dmq1,
            "qi": private.iqmp,
        }
        return {name: value.to_bytes((value.bit_length() + 7) // 8, "big") for name, value in numbers.items()}
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return {"seed": key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())}
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return {"scalar": key.private_numbers().private_value.to_bytes((key.key_size + 7) // 8, "big")}


def spellings(secret: bytes) -> Iterator[bytes]:
    """Give each spelling; base64 in three alignments, cut to the characters that only the secret decides."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    # Which quotes are escaped depends on all of the text.
    written = repr(secret)[2:-1].replace("\\'", "'").encode()
    yield written
    yield written.replace(b"'", b"\\'")
    yield str(int.from_bytes(secret, "big")).encode()
    for lead in range(3):
        start, end = -(-lead * 8 // 6), (lead + len(secret)) * 8 // 6
        inner = base64.b64encode(bytes(lead) + secret)[start:end]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def leaks(haystack: bytes, secrets: dict[str, bytes]) -> list[str]:
    """Name the secrets that are in there."""
    return [name for name, secret in secrets.items() if any(one in haystack for one in spellings(secret))]


def leaks_in(heaps: Iterable[tuple[str, bytes]], secrets: dict[str, bytes]) -> list[str]:
    """Name what is where, for many heaps."""
    needles = [(name, one) for name, secret in secrets.items() for one in set(spellings(secret))]
    return [f"{name} in {where}" for where, heap in heaps for name, one in needles if one in heap]
