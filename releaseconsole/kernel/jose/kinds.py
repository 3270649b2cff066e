"""A kind of token: what makes a `release+jwt` one, and nothing else one.

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

# What every token for a device has. `aud` is one string: with a list, one token would be good in two places.
COMMON_CLAIMS: Final[Mapping[str, ClaimRule]] = {
    "iss": text(),
    "aud": text(),
    "sub": text(),
    "iat": whole(),
    "exp": whole(),
    "jti": text(least=JTI_LENGTH, most=64, pattern=r"[A-Za-z0-9_-]+"),
}


@dataclass(frozen=True, slots=True)
class TokenKind:
    """The rules of one kind of token.

    Attributes:
        typ: Value of the header's `typ`, without `application/`.
        algorithms: Which algorithms may sign it; the key decides which one does.
        required: Claims it must have, each with the rule for its value; holds `COMMON_CLAIMS`.
        optional: Claims it may have.
        relation: Check of claims against each other, once each has passed its own rule.
        max_life: Most seconds from `iat` to `exp`.
        single_use: Whether a verifier may use it up: it is then good once.
    """

    typ: str
    algorithms: frozenset[Algorithm]
    required: Mapping[str, ClaimRule]
    optional: Mapping[str, ClaimRule] = field(default_factory=dict)
    relation: Callable[[Mapping[str, Any]], None] | None = None
    max_life: int = MAX_LIFE
    single_use: bool = False

    def claims_check(self, claims: Mapping[str, Any]) -> None:
        """Check that exactly the claims of this kind are there, each with a possible value.

        Raises:
            TokenRefusedError: A claim is missing, unknown or impossible, or two contradict each other.
        """
        missing = self.required.keys() - claims.keys()
        if missing:
            raise TokenRefusedError(f"claims missing: {', '.join(sorted(missing))}")
        for name, value in claims.items():
            rule = self.required.get(name) or self.optional.get(name)
            if rule is None:
                raise TokenRefusedError(f"a claim that {self.typ} doesn't have")
            rule(name, value)
        if self.relation is not None:
            self.relation(claims)
