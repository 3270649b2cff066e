"""The strict verifier: the only way a token from outside becomes claims that anybody acts on.

In this order, so that the cheap and the structural come before any cryptography:

1. length, three segments, strict base64url;
2. the header: exactly `alg`, `kid`, `typ`; the `typ` of the kind the caller asked for;
3. the key: looked up by `kid` among the caller's; its algorithm, never the header's, is used, and must be
   among the kind's;
4. the signature, by joserfc with that one algorithm;
5. the claims: strict JSON, exactly the kind's claims, who, for whom, about whom, and when.

What it doesn't do: replay. An ECDSA signature (r, s) has a twin (r, n-s) that verifies as well, so a token
has two texts. Replay protection keys on (`iss`, `jti`), never on a hash of the token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError

from releaseconsole.kernel.encoding import EncodingError, b64url_decode
from releaseconsole.kernel.jose.errors import TokenExpiredError, TokenRefusedError
from releaseconsole.kernel.jose.headers import Header, header_parse
from releaseconsole.kernel.jose.kinds import TokenKind
from releaseconsole.kernel.jose.public_keys import VerificationKey
from releaseconsole.kernel.jose.strict_json import object_parse

MAX_TOKEN_LENGTH: Final = 8192
# How far the issuer's clock may be ahead of ours (`iat`, `nbf`). There is none for `exp`: a token lives 15
# minutes at most, and a little late is the dangerous direction.
CLOCK_SKEW: Final = 60
_SEGMENTS: Final = 3


@dataclass(frozen=True, slots=True)
class Expected:
    """What the caller knows the token must say; each is compared as a whole string."""

    issuer: str
    audience: str
    subject: str


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
    header_part, payload_part, signature_part = _split(token)
    key = _key_select(header_parse(header_part), kind, keys)
    if len(_decode(signature_part, "signature")) != key.signature_bytes:
        raise TokenRefusedError("signature: wrong length")
    payload = _decode(payload_part, "claims")
    _signature_check(token, key)
    claims = object_parse(payload, what="claims")
    kind.claims_check(claims)
    _parties_check(claims, expected)
    _times_check(claims, kind, now)
    return claims


def _split(token: str) -> list[str]:
    if len(token) > MAX_TOKEN_LENGTH:
        raise TokenRefusedError(f"token: {len(token)} characters")
    segments = token.split(".")
    if len(segments) != _SEGMENTS or not all(segments):
        raise TokenRefusedError("token: not three segments")
    return segments


def _decode(segment: str, what: str) -> bytes:
    try:
        return b64url_decode(segment)
    except EncodingError as exc:
        raise TokenRefusedError(f"{what}: not unpadded base64url") from exc


def _key_select(header: Header, kind: TokenKind, keys: Mapping[str, VerificationKey]) -> VerificationKey:
    # The header's `alg` picks nothing; it only has to agree with the key (RFC 8725, section 3.1).
    if header.typ != kind.typ:
        raise TokenRefusedError(f"header: typ isn't {kind.typ}")
    key = keys.get(header.kid)
    if key is None:
        raise TokenRefusedError(f"header: unknown kid {header.kid}")
    if header.alg != key.algorithm.value:
        raise TokenRefusedError(f"header: alg isn't that of key {key.kid}")
    if key.algorithm not in kind.algorithms:
        raise TokenRefusedError(f"header: {key.algorithm.value} doesn't sign {kind.typ}")
    return key


def _signature_check(token: str, key: VerificationKey) -> None:
    try:
        jws.deserialize_compact(token, key.jose_key(), algorithms=[key.algorithm.value])
    except (JoseError, ValueError) as exc:
        raise TokenRefusedError(f"signature: doesn't verify with key {key.kid}") from exc


def _parties_check(claims: Mapping[str, Any], expected: Expected) -> None:
    for name, value in (("iss", expected.issuer), ("aud", expected.audience), ("sub", expected.subject)):
        if claims[name] != value:
            raise TokenRefusedError(f"claim {name}: not the one expected")


def _times_check(claims: Mapping[str, Any], kind: TokenKind, now: int) -> None:
    # `exp` comes last, so that "expired" means that everything else was right.
    issued, expires = claims["iat"], claims["exp"]
    if not 0 < expires - issued <= kind.max_life:
        raise TokenRefusedError(f"claim exp: {expires - issued} seconds after iat")
    if max(issued, claims.get("nbf", issued)) > now + CLOCK_SKEW:
        raise TokenRefusedError("claim iat or nbf: in the future")
    if expires <= now:
        raise TokenExpiredError(f"claim exp: over for {now - expires} seconds")
