"""Keys in an HSM, through its PKCS#11 library. They are made inside, and never leave it.

A key's id there comes from its row's id, so asked twice it is made once; its label says whose it is, and both
must agree when it is used. PKCS#11 has no notion of a disabled key, and many tokens don't let `CKA_SIGN` be
changed: a key that may not sign is held back by the state of its row.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pkcs11 import MGF, Attribute, KeyType, Mechanism, ObjectClass
from pkcs11 import exceptions as p11
from pkcs11.util.ec import encode_named_curve_parameters

from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.backends.pkcs11_token import TokenSession, hsm_token
from signing.backends.protocol import BackendFacts, CreatedKey, StoredKey
from signing.backends.public_halves import public_half
from signing.domain.key_owner import KeyOwner
from signing.errors import KeyUnavailableError

_ID_BYTES: Final = 16
_RSA_BITS: Final = 3072
_SECRET_BITS: Final = 256
# An RSA key takes seconds to be found.
_MAKING_PATIENCE: Final = 12
# Only these decide whether a key can leave; tokens' own defaults differ.
_INSIDE: Final[Mapping[Attribute, Any]] = {
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.SIGN: True,
}
# python-pkcs11 adds uses by kind of key; a signing key has one.
_SIGN_ONLY: Final[Mapping[Attribute, Any]] = {
    **_INSIDE,
    Attribute.DECRYPT: False,
    Attribute.UNWRAP: False,
    Attribute.DERIVE: False,
}
_SECRET_SIGN_ONLY: Final[Mapping[Attribute, Any]] = {
    **_SIGN_ONLY,
    Attribute.ENCRYPT: False,
    Attribute.WRAP: False,
}
# "edwards25519" as a PrintableString, as PKCS#11 3.0 spells the curve.
_ED25519_PARAMETERS: Final = bytes.fromhex("130c") + b"edwards25519"
_PSS_SALT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class _Scheme:
    """How one algorithm is done in PKCS#11."""

    generate: Callable[[TokenSession, bytes, str], Any]
    public: Callable[[Any], object]
    sign: Callable[[Any, bytes], bytes]
    kind: ObjectClass = ObjectClass.PRIVATE_KEY


def _ec_generate(curve: str) -> Callable[[TokenSession, bytes, str], Any]:
    def generate(token: TokenSession, key_id: bytes, label: str) -> Any:
        named = {Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}
        parameters = token.session().create_domain_parameters(KeyType.EC, named, local=True)
        return parameters.generate_keypair(
            id=key_id, label=label, store=True, private_template=dict(_SIGN_ONLY)
        )

    return generate


def _ed25519_generate(token: TokenSession, key_id: bytes, label: str) -> Any:
    named = {Attribute.EC_PARAMS: _ED25519_PARAMETERS}
    parameters = token.session().create_domain_parameters(KeyType.EC_EDWARDS, named, local=True)
    return parameters.generate_keypair(
        id=key_id,
        label=label,
        store=True,
        mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
        private_template=dict(_SIGN_ONLY),
    )


def _rsa_generate(token: TokenSession, key_id: bytes, label: str) -> Any:
    return token.session().generate_keypair(
        KeyType.RSA, _RSA_BITS, id=key_id, label=label, store=True, private_template=dict(_SIGN_ONLY)
    )


def _secret_generate(token: TokenSession, key_id: bytes, label: str) -> Any:
    return token.session().generate_key(
        KeyType.GENERIC_SECRET,
        _SECRET_BITS,
        id=key_id,
        label=label,
        store=True,
        template=dict(_SECRET_SIGN_ONLY),
    )


def _ec_public(curve: ec.EllipticCurve) -> Callable[[Any], object]:
    return lambda key: ec.EllipticCurvePublicKey.from_encoded_point(
        curve, _unwrapped(key[Attribute.EC_POINT])
    )


def _ed25519_public(key: Any) -> object:
    return ed25519.Ed25519PublicKey.from_public_bytes(_unwrapped(key[Attribute.EC_POINT]))


def _rsa_public(key: Any) -> object:
    exponent, modulus = key[Attribute.PUBLIC_EXPONENT], key[Attribute.MODULUS]
    return rsa.RSAPublicNumbers(int.from_bytes(exponent, "big"), int.from_bytes(modulus, "big")).public_key()


def _unwrapped(point: bytes) -> bytes:
    """Take the point out of the OCTET STRING that it should be in; some tokens leave that out."""
    header = 2
    wrapped = len(point) > header and point[0] == 0x04 and point[1] == len(point) - header  # noqa: PLR2004 (its tag)
    return point[header:] if wrapped else point


def _ecdsa(digest: str) -> Callable[[Any, bytes], bytes]:
    # Hashed here: not every token has ECDSA_SHA256, and all have ECDSA. The result is R||S.
    return lambda key, data: bytes(key.sign(hashlib.new(digest, data).digest(), mechanism=Mechanism.ECDSA))


_PSS: Final = (Mechanism.SHA256, MGF.SHA256, _PSS_SALT_BYTES)
_SCHEMES: Final[Mapping[str, _Scheme]] = {
    "ES256": _Scheme(_ec_generate("secp256r1"), _ec_public(ec.SECP256R1()), _ecdsa("sha256")),
    "ES384": _Scheme(_ec_generate("secp384r1"), _ec_public(ec.SECP384R1()), _ecdsa("sha384")),
    "RS256": _Scheme(
        _rsa_generate,
        _rsa_public,
        lambda key, data: bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS)),
    ),
    "PS256": _Scheme(
        _rsa_generate,
        _rsa_public,
        lambda key, data: bytes(
            key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS_PSS, mechanism_param=_PSS)
        ),
    ),
    "Ed25519": _Scheme(
        _ed25519_generate, _ed25519_public, lambda key, data: bytes(key.sign(data, mechanism=Mechanism.EDDSA))
    ),
    "HS256": _Scheme(
        _secret_generate,
        lambda _: None,
        lambda key, data: bytes(key.sign(data, mechanism=Mechanism.SHA256_HMAC)),
        ObjectClass.SECRET_KEY,
    ),
}


class PKCS11Handle:
    """A key in the HSM, ready to sign; each signature goes there."""

    __slots__ = ("_id", "_label", "_scheme", "algorithm")

    def __init__(self, algorithm: Algorithm, scheme: _Scheme, key_id: bytes, label: str) -> None:
        self.algorithm: Final = algorithm
        self._scheme: Final = scheme
        self._id: Final = key_id
        self._label: Final = label

    def __repr__(self) -> str:
        return f"<PKCS11Handle {self._label}>"

    def sign(self, signing_input: bytes, /) -> bytes:
        """Have the HSM sign.

        Raises:
            KeyUnavailableError: It can't now.
        """

        def work(token: TokenSession) -> bytes:
            return self._scheme.sign(token.key(self._scheme.kind, self._id, self._label), signing_input)

        return hsm_token().run(work)


class PKCS11KeyBackend:
    """Keys in the token that `PKCS11_MODULE` and `PKCS11_TOKEN` name."""

    name: ClassVar[str] = "pkcs11"

    def describe(self) -> BackendFacts:
        """Say where it is."""
        token = hsm_token()
        return BackendFacts(
            name=self.name,
            title=f"HSM, token {token.label}",
            details=(("PKCS#11 library", token.module),),
            algorithms=frozenset(algorithm for algorithm in Algorithm if algorithm.value in _SCHEMES),
            exports_keys=False,
        )

    def probe(self) -> None:
        """Have the token make a few random bytes.

        Raises:
            KeyUnavailableError: It doesn't.
        """
        hsm_token().run(lambda token: token.session().generate_random(64))

    def create(self, owner: KeyOwner, *, token: str) -> CreatedKey:
        """Make the key inside, or find the one made with this `token`.

        Raises:
            KeyUnavailableError: The HSM can't, has no such algorithm, or would let the key out.
        """
        scheme, key_id, label = _scheme(owner.algorithm), _key_id(token), _label(owner, token)
        seen = ObjectClass.SECRET_KEY if scheme.kind is ObjectClass.SECRET_KEY else ObjectClass.PUBLIC_KEY

        def work(session: TokenSession) -> object:
            try:
                session.key(scheme.kind, key_id, label)
            except p11.NoSuchKey:
                scheme.generate(session, key_id, label)
            _stays_inside(session.key(scheme.kind, key_id, label))
            return scheme.public(session.key(seen, key_id, label))

        public = hsm_token().run(work, patience=_MAKING_PATIENCE)
        reference = f"pkcs11:id={key_id.hex()}"
        if public is None:
            return CreatedKey(_secret_kid(token), None, reference=reference)
        jwk = public_half(owner.algorithm, public)
        return CreatedKey(jwk["kid"], jwk, reference=reference)

    def load(self, stored: StoredKey) -> PKCS11Handle:
        """Return a handle, once the HSM has shown that it has the key.

        Raises:
            KeyUnavailableError: It hasn't, or can't be reached.
        """
        scheme = _scheme(stored.owner.algorithm)
        key_id, label = _key_id(stored.token), _label(stored.owner, stored.token)
        hsm_token().run(lambda token: token.key(scheme.kind, key_id, label))
        return PKCS11Handle(stored.owner.algorithm, scheme, key_id, label)

    def disable(self, stored: StoredKey) -> None:
        """Do nothing: a key signs only while its row is active (see the module's text)."""

    def destroy(self, stored: StoredKey) -> None:
        """Destroy both halves.

        Raises:
            KeyUnavailableError: The HSM can't be reached.
        """
        hsm_token().run(lambda token: token.destroy(_key_id(stored.token)))


def _scheme(algorithm: Algorithm) -> _Scheme:
    try:
        return _SCHEMES[algorithm.value]
    except KeyError:
        raise KeyUnavailableError(f"An HSM doesn't do {algorithm.value}.") from None


def _stays_inside(key: Any) -> None:
    # A token that ignores the template would otherwise hold a key that anybody with the PIN can copy.
    if key[Attribute.EXTRACTABLE] or not key[Attribute.NEVER_EXTRACTABLE] or not key[Attribute.SENSITIVE]:
        raise KeyUnavailableError("The HSM made a key that could leave it; it isn't used.")


def _key_id(token: str) -> bytes:
    return hashlib.sha256(b"release-console key id\0" + token.encode()).digest()[:_ID_BYTES]


def _secret_kid(token: str) -> str:
    """Name a secret: from the row's id, so that finding it again finds the name too."""
    return b64url_encode(hashlib.sha256(b"release-console kid\0" + token.encode()).digest()[:_ID_BYTES])


def _label(owner: KeyOwner, token: str) -> str:
    return f"rc/{owner.purpose.value}/{owner.app_id or 'console'}/{token}"
