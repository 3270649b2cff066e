"""Keys that verify, each bound to one algorithm and known by one `kid`.

A public key comes in as a JWK with exactly the members the console publishes. What joserfc would let in (a
private member, a `kid` that isn't the thumbprint, a key without `alg`, an RSA key of 1,024 bits or made by a
broken library, a point of low order) is refused here, once, so that the verifier can trust the key it looked
up.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.public_members import (
    ec_members_check,
    ed25519_members_check,
    modulus_bytes,
    rsa_members_check,
)
from releaseconsole.kernel.jose.thumbprints import thumbprint

_COMMON_MEMBERS: Final = frozenset({"kty", "alg", "use", "kid"})


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
        """Return the library's key, for `compact` only."""
        return self._jose_key


@dataclass(frozen=True, slots=True)
class _Form:
    """How the public key of an algorithm is written (RFC 7518, section 6; RFC 8037, section 2)."""

    fixed: Mapping[str, str]
    numbers: frozenset[str]
    check: Callable[[Mapping[str, str]], None]
    signature_bytes: Callable[[Mapping[str, str]], int]
    load: Callable[[dict[str, str | list[str]]], Key]

    @property
    def members(self) -> frozenset[str]:
        """What is published, and all that is accepted."""
        return _COMMON_MEMBERS | self.fixed.keys() | self.numbers


def _ec_form(crv: str, curve: ec.EllipticCurve) -> _Form:
    return _Form(
        fixed={"kty": "EC", "crv": crv},
        numbers=frozenset({"x", "y"}),
        check=lambda jwk: ec_members_check(jwk, curve),
        signature_bytes=lambda _: 2 * ((curve.key_size + 7) // 8),
        load=ECKey.import_key,
    )


_RSA: Final = _Form(
    fixed={"kty": "RSA"},
    numbers=frozenset({"n", "e"}),
    check=rsa_members_check,
    signature_bytes=modulus_bytes,
    load=RSAKey.import_key,
)
_FORMS: Final[Mapping[str, _Form]] = {
    Algorithm.ES256: _ec_form("P-256", ec.SECP256R1()),
    Algorithm.ES384: _ec_form("P-384", ec.SECP384R1()),
    Algorithm.ED25519: _Form(
        fixed={"kty": "OKP", "crv": "Ed25519"},
        numbers=frozenset({"x"}),
        check=ed25519_members_check,
        signature_bytes=lambda _: 64,
        load=OKPKey.import_key,
    ),
    Algorithm.RS256: _RSA,
    Algorithm.PS256: _RSA,
}


def public_key_import(jwk: Mapping[str, object]) -> VerificationKey:
    """Import a public key for the algorithm it names.

    Raises:
        KeyRefusedError: An unknown algorithm; other members than those published, a private member among
            them; another type or curve than the algorithm's; a point that isn't on it or has a low order; an
            RSA key that is weak; a `kid` that isn't the thumbprint.
    """
    members = {name: value for name, value in jwk.items() if isinstance(value, str)}
    form = _FORMS.get(members.get("alg", ""))
    if form is None:
        raise KeyRefusedError("The key is for no signature algorithm that is known here.")
    if len(members) != len(jwk) or members.keys() != form.members:
        raise KeyRefusedError(f"A public key for {members['alg']} has exactly {_listed(form.members)}.")
    fixed = {**form.fixed, "use": "sig"}
    if any(members[name] != value for name, value in fixed.items()):
        raise KeyRefusedError(f"A key for {members['alg']} has {_listed(fixed.values())}.")
    if members["kid"] != thumbprint(members):
        raise KeyRefusedError("The kid isn't this key's thumbprint.")
    form.check(members)
    jose_key = form.load({**members})
    return VerificationKey(members["kid"], Algorithm(members["alg"]), form.signature_bytes(members), jose_key)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
