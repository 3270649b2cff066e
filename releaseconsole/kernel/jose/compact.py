"""Opening a compact JWS strictly: what tokens and documents have in common.

In this order, so that the cheap and the structural come before any cryptography:

1. length, three segments, strict base64url;
2. the header: exactly `alg`, `kid`, `typ`; the `typ` of the kind the caller asked for;
3. the key: looked up by `kid` among the caller's; its algorithm, never the header's, is used, and must be
   among the kind's;
4. the signature, by joserfc with that one algorithm;
5. the claims: strict JSON, exactly the kind's claims.

Who, for whom and when is the caller's to judge, with `times_check` for the last.

`keys` may mix symmetric and asymmetric ones, as it does while an app's back end moves from one to the other.
With a library that lets the header choose, that is how a public key becomes a secret; here a `kid` leads to
one key, and that key to one algorithm.
"""

from collections.abc import Mapping
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError

from releaseconsole.kernel.encoding import EncodingError, b64url_decode
from releaseconsole.kernel.jose.errors import TokenExpiredError, TokenRefusedError
from releaseconsole.kernel.jose.headers import Header, header_parse
from releaseconsole.kernel.jose.kinds import Kind
from releaseconsole.kernel.jose.public_keys import VerificationKey
from releaseconsole.kernel.jose.strict_json import object_parse

# How far the issuer's clock may be ahead of ours (`iat`, `nbf`). There is none for `exp`: a token lives 15
# minutes at most, and a little late is the dangerous direction.
CLOCK_SKEW: Final = 60
_SEGMENTS: Final = 3


def compact_open(text: str, *, kind: Kind, keys: Mapping[str, VerificationKey]) -> dict[str, Any]:
    """Return the claims of a text that one of `keys` signed as this kind, and that are possible for it.

    Raises:
        TokenRefusedError: Anything is wrong with form, header, key, signature or claims.
    """
    header_part, payload_part, signature_part = _split(text, kind.max_length)
    key = _key_select(header_parse(header_part), kind, keys)
    if len(_decode(signature_part, "signature")) != key.signature_bytes:
        raise TokenRefusedError("signature: wrong length")
    payload = _decode(payload_part, "claims")
    signature_check(text, key)
    claims = object_parse(payload, what="claims")
    kind.claims_check(claims)
    return claims


def signature_check(text: str, key: VerificationKey) -> None:
    """Check the signature of a compact JWS with one key and its one algorithm, and nothing else about it.

    Raises:
        TokenRefusedError: It isn't this key's.
    """
    try:
        jws.deserialize_compact(text, key.jose_key(), algorithms=[key.algorithm.value])
    except (JoseError, ValueError) as exc:
        raise TokenRefusedError(f"signature: doesn't verify with key {key.kid}") from exc


def times_check(claims: Mapping[str, Any], now: int) -> None:
    """Check that `now` is between the claims' times. Comes last, so that "expired" means "was right".

    Raises:
        TokenRefusedError: They begin more than `CLOCK_SKEW` from now.
        TokenExpiredError: They are over.
    """
    issued, expires = claims["iat"], claims["exp"]
    if max(issued, claims.get("nbf", issued)) > now + CLOCK_SKEW:
        raise TokenRefusedError("claim iat or nbf: in the future")
    if expires <= now:
        raise TokenExpiredError(f"claim exp: over for {now - expires} seconds")


def _split(text: str, max_length: int) -> list[str]:
    if len(text) > max_length:
        raise TokenRefusedError(f"token: {len(text)} characters")
    segments = text.split(".")
    if len(segments) != _SEGMENTS or not all(segments):
        raise TokenRefusedError("token: not three segments")
    return segments


def _decode(segment: str, what: str) -> bytes:
    try:
        return b64url_decode(segment)
    except EncodingError as exc:
        raise TokenRefusedError(f"{what}: not unpadded base64url") from exc


def _key_select(header: Header, kind: Kind, keys: Mapping[str, VerificationKey]) -> VerificationKey:
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
