"""The strict verifier: the only way a token from outside becomes claims that anybody acts on.

`compact` opens it: form, header, key, signature, the kind's exact claims. What is left is who, for whom,
about whom, and when.

What it doesn't do: replay. An ECDSA signature (r, s) has a twin (r, n-s) that verifies as well, so a token
has two texts. Replay protection keys on (`iss`, `aud`, `jti`), never on a hash of the token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from releaseconsole.kernel.jose.compact import CLOCK_SKEW, compact_open, times_check
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.kinds import MAX_TOKEN_LENGTH, TokenKind
from releaseconsole.kernel.jose.public_keys import VerificationKey

__all__ = ["CLOCK_SKEW", "MAX_TOKEN_LENGTH", "Expected", "token_verify"]


@dataclass(frozen=True, slots=True)
class Expected:
    """What the caller knows the token must say; each is compared as a whole string.

    Attributes:
        issuer: The console that must have issued it (`iss`).
        audience: The one app it must be for (`aud`).
        subject: The device it must be about (`sub`); None for an app's own back end, which serves them all
            and reads from the claims which one it is.
    """

    issuer: str
    audience: str
    subject: str | None


def token_verify(
    token: str,
    *,
    kind: TokenKind,
    keys: Mapping[str, VerificationKey],
    expected: Expected,
    now: int,
) -> dict[str, Any]:
    """Verify a token and return its claims.

    Args:
        token: Compact JWS, untrusted.
        kind: The one kind of token the caller wants.
        keys: The keys the caller trusts for this issuer and audience, by `kid`.
        expected: Who must have issued it, for whom, about whom.
        now: Seconds since 1970 to judge times by.

    Raises:
        TokenRefusedError: Anything is wrong with it; `reason` says what, for the log.
        TokenExpiredError: Nothing is wrong with it except that its time is over.
    """
    claims = compact_open(token, kind=kind, keys=keys)
    for name, value in (("iss", expected.issuer), ("aud", expected.audience), ("sub", expected.subject)):
        # Only a subject may be left open: an issuer or audience of None, a slip, matches nothing.
        if claims[name] != value and (name != "sub" or value is not None):
            raise TokenRefusedError(f"claim {name}: not the one expected")
    times_check(claims, now)
    return claims
