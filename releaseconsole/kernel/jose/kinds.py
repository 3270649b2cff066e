"""A kind of token or document: what makes a `release+jwt` one, and nothing else one.

Kinds have mutually exclusive rules (RFC 8725, section 3.12): each its own `typ`, its own algorithms, its own
exact set of claims. A claim that a kind doesn't name is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.claim_rules import ClaimRule, text, whole
from releaseconsole.kernel.jose.errors import TokenRefusedError

# Promise 1 of the design: no token for a device outlives 15 minutes, whoever signed it.
MAX_LIFE: Final = 900
# 16 random bytes in base64url; shorter ones could collide, and replay protection rests on them.
JTI_LENGTH: Final = 22
# With signature and base64: more than a decision ever takes, ML-DSA's longest signature included.
MAX_TOKEN_LENGTH: Final = 8192

# What every signed thing has. `aud` is one string: with a list, one token would be good in two places.
PARTY_CLAIMS: Final[Mapping[str, ClaimRule]] = {
    "iss": text(),
    "aud": text(),
    "iat": whole(),
    "exp": whole(),
}
# What every token has.
COMMON_CLAIMS: Final[Mapping[str, ClaimRule]] = {
    **PARTY_CLAIMS,
    "sub": text(),
    "jti": text(least=JTI_LENGTH, most=64, pattern=r"[A-Za-z0-9_-]+"),
}


def lifetime_check(lifetime: int, *, most: int = MAX_LIFE) -> int:
    """Return `lifetime`, once it's sure that what is built with it lives no longer than `most` seconds.

    Raises:
        ValueError: It would; a bug or a setting that nobody checked, found before anything is signed.
    """
    if not 0 < lifetime <= most:
        raise ValueError(f"A life of {lifetime} seconds; it must be 1 to {most}.")
    return lifetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The rules of one kind of signed claims.

    Attributes:
        typ: Value of the header's `typ`, without `application/`.
        algorithms: Which algorithms may sign it; the key decides which one does.
        required: Claims it must have, each with the rule for its value.
        optional: Claims it may have.
        relation: Check of claims against each other, once each has passed its own rule.
        max_life: Most seconds from `iat` to `exp`.
        max_length: Most characters of the compact text.
    """

    typ: str
    algorithms: frozenset[Algorithm]
    required: Mapping[str, ClaimRule]
    optional: Mapping[str, ClaimRule] = field(default_factory=dict)
    relation: Callable[[Mapping[str, Any]], None] | None = None
    max_life: int
    max_length: int

    def claims_check(self, claims: Mapping[str, Any]) -> None:
        """Check that exactly the claims of this kind are there, each with a possible value.

        Raises:
            TokenRefusedError: A claim is missing, unknown or impossible, two contradict each other, or the
                life from `iat` to `exp` is none or too long.
        """
        missing = self.required.keys() - claims.keys()
        if missing:
            raise TokenRefusedError(f"claims missing: {', '.join(sorted(missing))}")
        for name, value in claims.items():
            rule = self.required.get(name) or self.optional.get(name)
            if rule is None:
                raise TokenRefusedError(f"a claim that {self.typ} doesn't have")
            rule(name, value)
        # Here and not in the verifier, so that nothing is signed that wouldn't verify.
        life = claims["exp"] - claims["iat"]
        if not 0 < life <= self.max_life:
            raise TokenRefusedError(f"claim exp: {life} seconds after iat")
        if self.relation is not None:
            self.relation(claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKind(Kind):
    """A kind of token: `required` holds `COMMON_CLAIMS`, and it lives 15 minutes at most.

    Attributes:
        single_use: Whether a verifier may use it up: it is then good once.
    """

    max_life: int = MAX_LIFE
    max_length: int = MAX_TOKEN_LENGTH
    single_use: bool = False

    def __post_init__(self) -> None:
        if not COMMON_CLAIMS.keys() <= self.required.keys():
            raise ValueError(f"{self.typ} doesn't require what every token has.")
        lifetime_check(self.max_life)
