"""Keys for encrypting to: the public half a recipient registered, and the private half that stays with it.

Each belongs to one way of wrapping, as a signing key belongs to one algorithm; joserfc would open a token
that says RSA-OAEP with a key marked RSA-OAEP-256. The content is always A256GCM. The library meets a registry
with these two names and nothing else in it: PBES2, `dir`, RSA1_5, CBC and compression don't exist here.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NoReturn, Self

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.jose.errors import KeyRefusedError, TokenRefusedError
from releaseconsole.kernel.jose.public_members import ec_members_check, rsa_members_check
from releaseconsole.kernel.jose.thumbprints import thumbprint
from releaseconsole.kernel.jose.weak_keys import MOST_BITS, PUBLIC_EXPONENT

CONTENT_ENCRYPTION: Final = "A256GCM"
_MADE_RSA_BITS: Final = 3072
_COORDINATE_BYTES: Final = 32
# A 256-bit content key, wrapped (RFC 3394: eight bytes more).
_WRAPPED_KEY_BYTES: Final = 40


class EncryptionAlgorithm(StrEnum):
    """How the content key reaches the recipient (RFC 7518, section 4); one key has exactly one of these."""

    ECDH_ES_A256KW = "ECDH-ES+A256KW"
    RSA_OAEP_256 = "RSA-OAEP-256"


_MEMBERS: Final[Mapping[EncryptionAlgorithm, frozenset[str]]] = {
    EncryptionAlgorithm.ECDH_ES_A256KW: frozenset({"kty", "crv", "x", "y", "alg", "use", "kid"}),
    EncryptionAlgorithm.RSA_OAEP_256: frozenset({"kty", "n", "e", "alg", "use", "kid"}),
}


class _Registry(jwe.JWERegistry):
    """One way of wrapping and one cipher; without `DEF` in it there is no compression."""

    # The library's own limit would encrypt to RSA keys of more than 6144 bits and then not decrypt.
    max_encrypted_key_length = 4 * MOST_BITS // 8 // 3 + 2

    def __init__(self, algorithm: EncryptionAlgorithm) -> None:
        super().__init__(algorithms=[algorithm.value, CONTENT_ENCRYPTION])


_REGISTRIES: Final = {algorithm: _Registry(algorithm) for algorithm in EncryptionAlgorithm}


class RecipientKey:
    """The public key of somebody who may read: a device, or an app's own back end."""

    __slots__ = ("_jose_key", "algorithm", "encrypted_key_bytes", "kid")

    def __init__(self, kid: str, algorithm: EncryptionAlgorithm, jose_key: ECKey | RSAKey) -> None:
        self.kid: Final = kid
        self.algorithm: Final = algorithm
        self.encrypted_key_bytes: Final = (
            (jose_key.public_key.key_size + 7) // 8 if isinstance(jose_key, RSAKey) else _WRAPPED_KEY_BYTES
        )
        self._jose_key: Final = jose_key

    def __repr__(self) -> str:
        return f"<RecipientKey {self.algorithm.value} {self.kid}>"

    def encrypt(self, plaintext: str, *, typ: str, cty: str = "JWT") -> str:
        """Encrypt into a compact JWE; for `encryption` only, which knows what may go inside."""
        header = {
            "alg": self.algorithm.value,
            "enc": CONTENT_ENCRYPTION,
            "kid": self.kid,
            "typ": typ,
            "cty": cty,
        }
        return jwe.encrypt_compact(header, plaintext, self._jose_key, registry=_REGISTRIES[self.algorithm])


class DecryptionKey:
    """A recipient's private key. The console holds none: it's for an app's back end and a simulated device.

    `algorithm`, `kid` and `encrypted_key_bytes` are those of the public half.
    """

    __slots__ = ("_jose_key", "_key", "_public_jwk", "algorithm", "encrypted_key_bytes", "kid")

    def __init__(self, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
        self._key: Final = key
        self._public_jwk: Final = _public_members(key)
        recipient = recipient_key_import(self._public_jwk)
        self.algorithm: Final = recipient.algorithm
        self.kid: Final = recipient.kid
        self.encrypted_key_bytes: Final = recipient.encrypted_key_bytes
        self._jose_key: Final[ECKey | RSAKey] = (
            RSAKey.import_key(key) if isinstance(key, rsa.RSAPrivateKey) else ECKey.import_key(key)
        )

    def __repr__(self) -> str:
        return f"<DecryptionKey {self.algorithm.value} {self.kid}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A private key stays in the memory it was loaded into.")

    @classmethod
    def generate(cls, algorithm: EncryptionAlgorithm) -> Self:
        """Make a new key: P-256, or RSA of 3072 bits."""
        if algorithm is EncryptionAlgorithm.RSA_OAEP_256:
            return cls(rsa.generate_private_key(public_exponent=PUBLIC_EXPONENT, key_size=_MADE_RSA_BITS))
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def load(cls, material: bytes) -> Self:
        """Load PKCS#8 DER; the type of the key says which algorithm it is for.

        Raises:
            KeyRefusedError: Something else, another type of key, another curve, or a weak key.
        """
        try:
            key = load_der_private_key(material, password=None)
        except (ValueError, TypeError):
            raise KeyRefusedError("This isn't a private key in PKCS#8.") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise KeyRefusedError("Only P-256 and RSA keys decrypt.")
        return cls(key)

    def material(self) -> bytes:
        """Return PKCS#8 DER."""
        return self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def public_jwk(self) -> dict[str, str]:
        """Return the public key, as it is registered with the console."""
        return dict(self._public_jwk)

    def decrypt(self, token: str) -> bytes:
        """Decrypt a token whose form, header and lengths `encryption` has checked.

        Raises:
            TokenRefusedError: It wasn't encrypted to this key, or was changed since; never which of the two.
        """
        try:
            opened = jwe.decrypt_compact(token, self._jose_key, registry=_REGISTRIES[self.algorithm])
        except (JoseError, ValueError) as exc:
            raise TokenRefusedError(f"encryption: doesn't open with key {self.kid}") from exc
        return opened.plaintext or b""


def recipient_key_import(jwk: Mapping[str, object]) -> RecipientKey:
    """Import the public key that a recipient registered.

    Raises:
        KeyRefusedError: Other members than kty, alg, use, kid and those of the type of key, a private member
            among them; an unknown algorithm; a weak or malformed key; a `kid` that isn't the thumbprint.
    """
    members = {name: value for name, value in jwk.items() if isinstance(value, str)}
    try:
        algorithm = EncryptionAlgorithm(members.get("alg", ""))
    except ValueError as exc:
        raise KeyRefusedError("The key's alg must be ECDH-ES+A256KW or RSA-OAEP-256.") from exc
    if members.keys() != _MEMBERS[algorithm] or len(members) != len(jwk):
        raise KeyRefusedError(f"The key must have exactly {', '.join(sorted(_MEMBERS[algorithm]))}.")
    if members["use"] != "enc":
        raise KeyRefusedError("The key isn't for encrypting: its use must be enc.")
    jose_key = _jose_key(algorithm, members)
    if members["kid"] != thumbprint(members):
        raise KeyRefusedError("The kid isn't this key's thumbprint.")
    return RecipientKey(members["kid"], algorithm, jose_key)


def _jose_key(algorithm: EncryptionAlgorithm, members: Mapping[str, str]) -> ECKey | RSAKey:
    if algorithm is EncryptionAlgorithm.ECDH_ES_A256KW:
        p256_check(members)
        return ECKey.import_key({**members})
    if members["kty"] != "RSA":
        raise KeyRefusedError("RSA-OAEP-256 needs an RSA key.")
    rsa_members_check(members)
    return RSAKey.import_key({**members})


def _public_members(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> dict[str, str]:
    members: dict[str, str]
    if isinstance(key, rsa.RSAPrivateKey):
        public = key.public_key().public_numbers()
        members = {"kty": "RSA", "n": _unsigned_encode(public.n), "e": _unsigned_encode(public.e)}
        algorithm = EncryptionAlgorithm.RSA_OAEP_256
    else:
        if not isinstance(key.curve, ec.SECP256R1):
            raise KeyRefusedError(f"ECDH-ES+A256KW needs a key on P-256; this one is on {key.curve.name}.")
        point = key.public_key().public_numbers()
        x, y = (b64url_encode(number.to_bytes(_COORDINATE_BYTES, "big")) for number in (point.x, point.y))
        members = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        algorithm = EncryptionAlgorithm.ECDH_ES_A256KW
    return {**members, "alg": algorithm.value, "use": "enc", "kid": thumbprint(members)}


def p256_check(jwk: Mapping[str, str]) -> None:
    """Check a point in the members `kty`, `crv`, `x` and `y`, full width and in its only spelling.

    Raises:
        KeyRefusedError: Another curve, or the point isn't on it: agreeing on a key with such a point would
            give the private key away, a few bits each time.
    """
    if (jwk["kty"], jwk["crv"]) != ("EC", "P-256"):
        raise KeyRefusedError("ECDH-ES+A256KW needs a key on P-256.")
    ec_members_check(jwk, ec.SECP256R1())


def _unsigned_encode(number: int) -> str:
    return b64url_encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))
