"""One private key of each algorithm, made once: an RSA key takes a second."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.key_families import private_key_generate
from releaseconsole.kernel.jose.private_keys import PrivateKey
from releaseconsole.kernel.jose.public_keys import VerificationKey
from releaseconsole.kernel.jose.signing import TokenSigner

SECRET_KID = "c2VjcmV0LWtpZC1mb3ItdA"


@dataclass(frozen=True, slots=True)
class Ringed:
    """A key with the name it is known by."""

    private: PrivateKey
    kid: str

    @property
    def algorithm(self) -> Algorithm:
        return self.private.algorithm

    @property
    def sign(self) -> Callable[[bytes], bytes]:
        return self.private.sign

    @property
    def verification_key(self) -> VerificationKey:
        return self.private.verification_key(self.kid)

    def header(self, typ: str, /, **changed: Any) -> dict[str, Any]:
        header = {"alg": self.algorithm.value, "kid": self.kid, "typ": typ} | changed
        return {name: value for name, value in header.items() if value is not ...}

    def signer(self, typ: str) -> TokenSigner:
        return TokenSigner(kid=self.kid, algorithm=self.algorithm, typ=typ, sign=self.sign)


@cache
def ring_key(algorithm: Algorithm) -> Ringed:
    private = private_key_generate(algorithm)
    return Ringed(private, (private.public_jwk() or {}).get("kid", SECRET_KID))


@cache
def stranger_key(algorithm: Algorithm) -> Ringed:
    """Another key of the same algorithm."""
    return ring_key.__wrapped__(algorithm)


def trusted_keys() -> dict[str, VerificationKey]:
    """A mixed set: every algorithm, symmetric and asymmetric, in one mapping."""
    return {ring_key(algorithm).kid: ring_key(algorithm).verification_key for algorithm in Algorithm}
