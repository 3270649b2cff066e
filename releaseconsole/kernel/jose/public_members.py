"""The numbers of a public JWK, read strictly: each has one spelling, as the thumbprint is over the text."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec

from releaseconsole.kernel.encoding import EncodingError, b64url_decode
from releaseconsole.kernel.jose import edwards, weak_keys
from releaseconsole.kernel.jose.errors import KeyRefusedError


def ec_members_check(jwk: Mapping[str, str], curve: ec.EllipticCurve) -> None:
    """Check the coordinates of a point on `curve`.

    Raises:
        KeyRefusedError: A coordinate isn't of full width or outside the field, or the point isn't on the
            curve.
    """
    width = (curve.key_size + 7) // 8
    x, y = (int.from_bytes(_octets(jwk[name], width), "big") for name in ("x", "y"))
    numbers = ec.EllipticCurvePublicNumbers(x, y, curve)
    try:
        known = numbers.public_key().public_numbers()
    except ValueError as exc:
        raise KeyRefusedError(f"The point isn't on {jwk['crv']}.") from exc
    if known != numbers:  # OpenSSL reduces x + p to x: one key would go by two thumbprints
        raise KeyRefusedError(f"A coordinate is outside the field of {jwk['crv']}.")


def ed25519_members_check(jwk: Mapping[str, str]) -> None:
    """Check the point of an Ed25519 key.

    Raises:
        KeyRefusedError: It isn't of full width, not on the curve, or of low order.
    """
    edwards.point_check(_octets(jwk["x"], edwards.POINT_BYTES))


def rsa_members_check(jwk: Mapping[str, str]) -> None:
    """Check modulus and exponent of an RSA key that only verifies.

    Raises:
        KeyRefusedError: A number has zeros in front, or the key is weak.
    """
    modulus, exponent = (int.from_bytes(_octets(jwk[name]), "big") for name in ("n", "e"))
    weak_keys.rsa_check(modulus, exponent, least_bits=weak_keys.LEAST_VERIFYING_BITS)


def modulus_bytes(jwk: Mapping[str, str]) -> int:
    """Return the length of an RSA modulus, which is the length of its signatures."""
    return len(_octets(jwk["n"]))


def _octets(text: str, width: int | None = None) -> bytes:
    try:
        data = b64url_decode(text)
    except EncodingError as exc:
        raise KeyRefusedError("A member of the key isn't unpadded base64url.") from exc
    if width is None and not data.lstrip(b"\0") == data != b"":
        raise KeyRefusedError("A number of the key has zeros in front (RFC 7518, section 2).")
    if width is not None and len(data) != width:
        raise KeyRefusedError(f"A coordinate of this key has {width} bytes.")
    return data
