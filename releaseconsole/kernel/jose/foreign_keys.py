"""Keys of foreign issuers: a JWK Set that somebody else publishes, read as strictly as they can be held to.

Others name their keys as they like (`kid` is no thumbprint), leave out `alg`, and add certificates and
members of their own. What isn't forgiven is what makes a set dangerous. A secret or private member means that
the set isn't what it should be; one `kid` with two keys means that readers could differ: the whole set is
refused. A key that is weak, malformed or of a kind unknown here is put aside with the reason: a token under
it is refused for that, and the tokens under its neighbours aren't. Keys for encryption aren't looked at.

Nothing that points elsewhere (`x5u`, `jku`) is followed, and a certificate in `x5c` isn't evidence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import KeyRefusedError, KeySetRefusedError, TokenRefusedError
from releaseconsole.kernel.jose.public_members import (
    ec_members_check,
    ed25519_members_check,
    modulus_bytes,
    rsa_members_check,
)
from releaseconsole.kernel.jose.strict_json import object_parse

MAX_SET_BYTES: Final = 256 * 1024
_MOST_KEYS: Final = 100
_LONGEST_KID: Final = 256
_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv", "seed"})
# RFC 8037's name for both Edwards curves, and RFC 9864's for the one: here the key says which curve it is.
ALGORITHM_NAMES: Final[Mapping[str, Algorithm]] = {
    **{algorithm.value: algorithm for algorithm in Algorithm if algorithm is not Algorithm.HS256},
    "EdDSA": Algorithm.ED25519,
}


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A public key of somebody else; `algorithms` are those it may verify, one where its owner says which."""

    kid: str
    algorithms: frozenset[Algorithm]
    signature_bytes: int
    jose_key: Key


@dataclass(frozen=True, slots=True)
class ForeignKeys:
    """A set of them, by `kid`, and why the others of the set can't be used."""

    usable: Mapping[str, ForeignKey]
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Family:
    algorithms: frozenset[Algorithm]
    members: tuple[str, ...]
    check: Callable[[Mapping[str, str]], None]
    signature_bytes: Callable[[Mapping[str, str]], int]
    load: Callable[[dict[str, str | list[str]]], Key]


def _ec(algorithm: Algorithm, curve: ec.EllipticCurve) -> _Family:
    return _Family(
        algorithms=frozenset({algorithm}),
        members=("kty", "crv", "x", "y"),
        check=lambda jwk: ec_members_check(jwk, curve),
        signature_bytes=lambda _: 2 * ((curve.key_size + 7) // 8),
        load=ECKey.import_key,
    )


_FAMILIES: Final[Mapping[tuple[object, object], _Family]] = {
    ("RSA", None): _Family(
        algorithms=frozenset({Algorithm.RS256, Algorithm.PS256}),
        members=("kty", "n", "e"),
        check=rsa_members_check,
        signature_bytes=modulus_bytes,
        load=RSAKey.import_key,
    ),
    ("EC", "P-256"): _ec(Algorithm.ES256, ec.SECP256R1()),
    ("EC", "P-384"): _ec(Algorithm.ES384, ec.SECP384R1()),
    ("OKP", "Ed25519"): _Family(
        algorithms=frozenset({Algorithm.ED25519}),
        members=("kty", "crv", "x"),
        check=ed25519_members_check,
        signature_bytes=lambda _: 64,
        load=OKPKey.import_key,
    ),
}


def foreign_keys_parse(document: bytes) -> ForeignKeys:
    """Parse a JWK Set (RFC 7517, section 5).

    Args:
        document: As it was fetched, untrusted.

    Raises:
        KeySetRefusedError: Too large, not a JWK Set in strict JSON, or one with a symmetric or private key,
            a `kid` twice, or no key to verify with.
    """
    usable: dict[str, ForeignKey] = {}
    refused: dict[str, str] = {}
    for jwk in _signing_keys(document):
        kid = jwk["kid"]
        if kid in usable or kid in refused:
            raise KeySetRefusedError("a kid twice")
        try:
            usable[kid] = _key_import(kid, jwk)
        except KeyRefusedError as exc:
            refused[kid] = exc.message
    if not usable:
        raise KeySetRefusedError("no key to verify with" + "".join(f"; {why}" for why in refused.values()))
    return ForeignKeys(usable, refused)


def _signing_keys(document: bytes) -> list[dict[str, Any]]:
    if len(document) > MAX_SET_BYTES:
        raise KeySetRefusedError(f"{len(document)} bytes")
    try:
        entries = object_parse(document, what="JWK Set").get("keys")
    except TokenRefusedError as exc:
        raise KeySetRefusedError(exc.reason) from exc
    if not isinstance(entries, list) or len(entries) > _MOST_KEYS:
        raise KeySetRefusedError(f"keys isn't a list of at most {_MOST_KEYS}")
    for entry in entries:
        if not isinstance(entry, dict):
            raise KeySetRefusedError("a key isn't an object")
        if entry.get("kty") == "oct" or entry.keys() & _PRIVATE_MEMBERS:
            raise KeySetRefusedError("a symmetric or private key among the public ones")
    # A key without a name can't be asked for: every token here names its key.
    return [entry for entry in entries if entry.get("use", "sig") == "sig" and _is_kid(entry.get("kid"))]


def _is_kid(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_KID


def _key_import(kid: str, jwk: Mapping[str, Any]) -> ForeignKey:
    kty, crv = jwk.get("kty"), jwk.get("crv")
    family = _FAMILIES.get((kty, crv)) if isinstance(kty, str) and isinstance(crv, str | None) else None
    if family is None:
        raise KeyRefusedError("The key is of a type that isn't known here.")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise KeyRefusedError("The key isn't for verifying (key_ops).")
    members = {name: jwk.get(name) for name in family.members}
    texts = {name: value for name, value in members.items() if isinstance(value, str)}
    if len(texts) != len(members):
        raise KeyRefusedError("A member of the key is missing or not a string.")
    family.check(texts)
    return ForeignKey(kid, _algorithms(jwk, family), family.signature_bytes(texts), family.load({**texts}))


def _algorithms(jwk: Mapping[str, Any], family: _Family) -> frozenset[Algorithm]:
    if "alg" not in jwk:
        return family.algorithms
    name = jwk["alg"]
    algorithm = ALGORITHM_NAMES.get(name) if isinstance(name, str) else None
    if algorithm not in family.algorithms:
        raise KeyRefusedError("The key's alg isn't one of its type that is known here.")
    return frozenset({algorithm})
