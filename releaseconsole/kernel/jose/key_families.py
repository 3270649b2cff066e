"""Which class of key serves which algorithm; the one place to extend for a new algorithm."""

from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.ec_keys import ES256Key, ES384Key
from releaseconsole.kernel.jose.ed25519_keys import Ed25519Key
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.key_pairs import KeyPair
from releaseconsole.kernel.jose.private_keys import PrivateKey
from releaseconsole.kernel.jose.rsa_keys import PS256Key, RS256Key

_FAMILIES: Final[Mapping[Algorithm, type[PrivateKey]]] = {
    Algorithm.ES256: ES256Key,
    Algorithm.ES384: ES384Key,
    Algorithm.ED25519: Ed25519Key,
    Algorithm.RS256: RS256Key,
    Algorithm.PS256: PS256Key,
    Algorithm.HS256: HS256Key,
}
# 8,192 bits of RSA take 6,400 characters.
_MOST_PEM_BYTES: Final = 7_000
_PEM_HEAD: Final = b"-----BEGIN PRIVATE KEY-----"


def private_key_generate(algorithm: Algorithm) -> PrivateKey:
    """Make a new key for `algorithm`."""
    return _FAMILIES[algorithm].generate()


def private_key_load(algorithm: Algorithm, material: bytes) -> PrivateKey:
    """Load private material for the algorithm it was made for.

    Raises:
        KeyRefusedError: It is no key of that algorithm, or a weak one; neither its message nor a frame of
            this package in its traceback holds the material.
    """
    try:
        return _FAMILIES[algorithm].load(material)
    except KeyRefusedError as exc:
        reason = exc.message
    # Raised anew and outside of the handler: the first one's frames, where the material is, are gone with it.
    del material
    raise KeyRefusedError(reason)


def private_key_import(algorithm: Algorithm, pem: bytes) -> PrivateKey:
    """Take in a key that was made elsewhere, for `algorithm` and nothing else from now on.

    Args:
        algorithm: What it is to sign with.
        pem: PKCS#8 in PEM, not encrypted; for HS256 the secret's own 32 to 64 bytes.

    Raises:
        KeyRefusedError: It is no such key, or a weak one; neither its message nor a frame of this package in
            its traceback holds the material.
    """
    try:
        return _imported(algorithm, pem)
    except KeyRefusedError as exc:
        reason = exc.message
    del pem  # as above
    raise KeyRefusedError(reason)


def _imported(algorithm: Algorithm, pem: bytes) -> PrivateKey:
    family = _FAMILIES[algorithm]
    if not issubclass(family, KeyPair):
        return family.load(pem)
    text = pem.strip()
    if len(text) > _MOST_PEM_BYTES or text.count(b"-----BEGIN ") != 1 or not text.startswith(_PEM_HEAD):
        raise KeyRefusedError(
            "A key is imported as one block of PKCS#8 in PEM (BEGIN PRIVATE KEY), without a password."
        )
    try:
        key = load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyRefusedError("This isn't a private key in PKCS#8, or its numbers don't fit.") from None
    return family.adopt(key)
