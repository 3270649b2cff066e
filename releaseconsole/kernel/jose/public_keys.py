"""Keys that verify, each bound to one algorithm and known by one `kid`.

A public key comes in as a JWK with exactly the members the console publishes. What joserfc would let in (a
private member, a `kid` that isn't the thumbprint, a key without `alg`) is refused here, once, so that the
verifier can trust the key it looked up.
"""

from collections.abc import Mapping
from typing import Final, NoReturn

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key

from releaseconsole.kernel.encoding import EncodingError, b64url_decode
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.thumbprints import thumbprint

# What is published, and all that is accepted (RFC 7517, section 4; RFC 7518, section 6.2.1).
EC_MEMBERS: Final = frozenset({"kty", "crv", "x", "y", "alg", "use", "kid"})
_COORDINATE_BYTES: Final = 32


class VerificationKey:
    """A key that the caller trusts, for one algorithm."""

    __slots__ = ("_jose_key", "algorithm", "kid", "signature_bytes")

    def __init__(self, kid: str, algorithm: Algorithm, signature_bytes: int, jose_key: Key) -> None:
        self.kid: Final = kid
        self.algorithm: Final = algorithm
        self.signature_bytes: Final = signature_bytes
        self._jose_key: Final = jose_key

    def __repr__(self) -> str:
        return f"<VerificationKey {self.algorithm.value} {self.kid}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A verification key isn't pickled: for HMAC it is the secret.")

    def jose_key(self) -> Key:
        """Return the library's key, for `verification` only."""
        return self._jose_key


def public_key_import(jwk: Mapping[str, object]) -> VerificationKey:
    """Import a public key for the algorithm it names.

    Raises:
        KeyRefusedError: Other members than those published, a private member among them; an unknown
            algorithm; another curve; a point that isn't on it; a `kid` that isn't the thumbprint.
    """
    if jwk.keys() != EC_MEMBERS or not all(isinstance(value, str) for value in jwk.values()):
        raise KeyRefusedError("A public key has exactly kty, crv, x, y, alg, use and kid.")
    if (jwk["kty"], jwk["crv"], jwk["alg"], jwk["use"]) != ("EC", "P-256", Algorithm.ES256, "sig"):
        raise KeyRefusedError("Only P-256 keys for ES256 signatures are known.")
    if jwk["kid"] != thumbprint(jwk):
        raise KeyRefusedError("The kid isn't this key's thumbprint.")
    x, y = (_coordinate(str(jwk[name])) for name in ("x", "y"))
    try:
        ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        jose_key = ECKey.import_key({name: str(value) for name, value in jwk.items()})
    except (ValueError, JoseError) as exc:
        raise KeyRefusedError("The point isn't on P-256.") from exc
    return VerificationKey(str(jwk["kid"]), Algorithm.ES256, 2 * _COORDINATE_BYTES, jose_key)


def _coordinate(text: str) -> int:
    # Full width and in its only spelling, since the thumbprint is taken over the text.
    try:
        data = b64url_decode(text)
    except EncodingError as exc:
        raise KeyRefusedError("A coordinate isn't unpadded base64url.") from exc
    if len(data) != _COORDINATE_BYTES:
        raise KeyRefusedError(f"A coordinate on P-256 has {_COORDINATE_BYTES} bytes.")
    return int.from_bytes(data, "big")
