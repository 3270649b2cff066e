"""From the public key that an HSM or KMS shows to the JWK that goes into the key's row."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.public_keys import public_key_import
from releaseconsole.kernel.jose.thumbprints import thumbprint
from signing.errors import KeyUnavailableError

_CURVES: Final = {"secp256r1": ("P-256", 32), "secp384r1": ("P-384", 48)}


def public_half(algorithm: Algorithm, key: object) -> dict[str, str]:
    """Write the public key as the console publishes it, if it passes the rules for any other.

    Raises:
        KeyUnavailableError: It isn't a key for this algorithm, or a weak one.
    """
    try:
        members = _members(key)
        jwk = {**members, "alg": algorithm.value, "use": "sig", "kid": thumbprint(members)}
        public_key_import(jwk)
    except KeyRefusedError as exc:
        raise KeyUnavailableError(f"The backend made a key that can't be used: {exc.message}") from exc
    return jwk


def _members(key: object) -> dict[str, str]:
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        name, size = _CURVES[key.curve.name]
        point = key.public_numbers()
        return {"kty": "EC", "crv": name, "x": _number(point.x, size), "y": _number(point.y, size)}
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return {
            "kty": "RSA",
            "n": _number(numbers.n, (numbers.n.bit_length() + 7) // 8),
            "e": _number(numbers.e, (numbers.e.bit_length() + 7) // 8),
        }
    if isinstance(key, ed25519.Ed25519PublicKey):
        raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"kty": "OKP", "crv": "Ed25519", "x": b64url_encode(raw)}
    raise KeyRefusedError("It is of a kind the console doesn't know.")


def _number(value: int, size: int) -> str:
    return b64url_encode(value.to_bytes(size, "big"))
