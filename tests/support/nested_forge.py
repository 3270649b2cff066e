"""Makes nested tokens that the console itself never would, without joserfc: any header, key and wrapping.

Each is encrypted rightly but for what a test spoils, so that a verifier which skipped a check would open it.
"""

import struct
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from releaseconsole.kernel.randomness import token_bytes
from tests.support.forge import as_json, b64

Wrap = Callable[[bytes], bytes]


def agreed_key(
    private: ec.EllipticCurvePrivateKey,
    public: ec.EllipticCurvePublicKey,
    *,
    algorithm: str,
    bits: int,
    apu: bytes = b"",
    apv: bytes = b"",
) -> bytes:
    """RFC 7518, section 4.6.2."""
    lengths = b"".join(struct.pack(">I", len(part)) + part for part in (algorithm.encode(), apu, apv))
    derivation = ConcatKDFHash(hashes.SHA256(), bits // 8, lengths + struct.pack(">I", bits))
    return derivation.derive(private.exchange(ec.ECDH(), public))


def ecdh_wrap(ephemeral: ec.EllipticCurvePrivateKey, public: ec.EllipticCurvePublicKey) -> Wrap:
    key = agreed_key(ephemeral, public, algorithm="ECDH-ES+A256KW", bits=256)
    return lambda content_key: aes_key_wrap(key, content_key)


def oaep_wrap(public: rsa.RSAPublicKey, hash_: type[hashes.HashAlgorithm] = hashes.SHA256) -> Wrap:
    scheme = padding.OAEP(padding.MGF1(hash_()), hash_(), None)
    return lambda content_key: public.encrypt(content_key, scheme)


def epk_of(key: ec.EllipticCurvePrivateKey, crv: str = "P-256") -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    size = (key.key_size + 7) // 8
    x, y = (b64(number.to_bytes(size, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": crv, "x": x, "y": y}


def nested_forge(header: Mapping[str, Any] | bytes, inner: bytes, wrap: Wrap) -> str:
    protected, content_key, iv = b64(as_json(header)), token_bytes(32), token_bytes(12)
    sealed = AESGCM(content_key).encrypt(iv, inner, protected.encode())
    return ".".join([protected, *map(b64, (wrap(content_key), iv, sealed[:-16], sealed[-16:]))])
