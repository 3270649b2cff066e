"""The strict verifier of tokens that others issue: ID tokens, logout tokens, tokens of a CI's jobs.

As strict as `verification` where the console's safety is concerned, and no stricter where the issuer is free:
it names its keys, adds claims, and may list several audiences. In this order: length and form; the header;
the key by `kid`, whose type decides what algorithms are possible; the signature, without asking the library
to read the header; then who, for whom, and when. What the other claims say is the caller's to judge.

Not done here: replay (the caller keys on `iss` and `jti`, never on a hash of the token: an ECDSA token has a
twin), and `nonce`, `sid` or `events`, which belong to one use.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc.jws import JWSRegistry

from releaseconsole.kernel.encoding import EncodingError, b64url_decode
from releaseconsole.kernel.jose.algorithms import ASYMMETRIC_ALGORITHMS, Algorithm
from releaseconsole.kernel.jose.errors import TokenExpiredError, TokenKeyUnknownError, TokenRefusedError
from releaseconsole.kernel.jose.foreign_keys import ALGORITHM_NAMES, ForeignKey, ForeignKeys
from releaseconsole.kernel.jose.strict_json import object_parse

# An ID token with a hundred groups has some 6,000 characters.
MAX_FOREIGN_LENGTH: Final = 16_384
# `typ` of a header that has none; OpenID Connect asks for none (Core, section 2).
UNTYPED: Final = ""
# The thumbprint of a certificate picks nothing here. Everything else is refused: `jku`, `jwk`, `x5u` and
# `x5c` bring a key along, `crit` and `b64` change what the rest means.
_MEMBERS: Final = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})
_KID: Final = re.compile(r"[!-~]{1,256}\Z")  # looked up in a dictionary, and named in the log
_SEGMENTS: Final = 3
_MOST_AUDIENCES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignExpected:
    """What the caller knows the token must say, and how old it may be.

    Attributes:
        issuer: Who must have issued it: exactly this `iss`.
        audience: For whom it must be: `aud` is it or lists it. If it lists others too, or there is an `azp`,
            then `azp` must be it (OpenID Connect Core, section 3.1.3.7).
        types: Possible `typ`, in lower case without `application/`; `UNTYPED` for none.
        algorithms: What may have signed it; HMAC never may.
        longest_age: Seconds since `iat`.
        longest_life: Seconds from `iat` to `exp`.
        leeway: By how many seconds the issuer's clock may differ, in the token's favour.
    """

    issuer: str
    audience: str
    types: frozenset[str]
    algorithms: frozenset[Algorithm] = ASYMMETRIC_ALGORITHMS
    longest_age: int
    longest_life: int
    leeway: int = 30

    def __post_init__(self) -> None:
        """Find a slip of the caller's before it lets anything through.

        Raises:
            ValueError: No issuer, audience or type, a symmetric algorithm, or a time below zero.
        """
        named = self.issuer and self.audience and self.types
        if not named or not self.algorithms <= ASYMMETRIC_ALGORITHMS:
            raise ValueError("Issuer, audience, types and asymmetric algorithms are needed.")
        if min(self.longest_age, self.longest_life) <= 0 or self.leeway < 0:
            raise ValueError("A token has an age and a life.")


@dataclass(frozen=True, slots=True)
class _Opened:
    """A token taken apart; nothing in it is trusted yet."""

    kid: str
    algorithm: Algorithm
    typ: str
    payload: bytes
    signing_input: bytes
    signature: bytes


def foreign_verify(token: str, *, keys: ForeignKeys, expected: ForeignExpected, now: int) -> dict[str, Any]:
    """Verify a token of somebody else's and return its claims.

    Args:
        token: Compact JWS, untrusted.
        keys: Of the expected issuer, and of nobody else.
        expected: Who must have issued it, for whom, as what, and how long ago.
        now: Seconds since 1970 to judge times by.

    Raises:
        TokenKeyUnknownError: It names a key that isn't in the set: a newer set may have it.
        TokenRefusedError: Anything else is wrong with it; `reason` says what, for the log.
        TokenExpiredError: Nothing is wrong with it except that its time is over.
    """
    opened = _open(token)
    if opened.typ not in expected.types:
        raise TokenRefusedError("header: typ isn't one of those expected")
    _signature_check(opened, _key_select(opened, keys, expected.algorithms))
    claims = object_parse(opened.payload, what="claims")
    _parties_check(claims, expected)
    _times_check(claims, expected, now)
    return claims


def foreign_issuer_claimed(token: str) -> str:
    """Read who a token says that it's from, to find the keys to verify it with; proves nothing.

    Raises:
        TokenRefusedError: It isn't a token at all, or says nothing.
    """
    issuer = object_parse(_open(token).payload, what="claims").get("iss")
    if not isinstance(issuer, str):
        raise TokenRefusedError("claim iss: not a string")
    return issuer


def _open(token: str) -> _Opened:
    if len(token) > MAX_FOREIGN_LENGTH:
        raise TokenRefusedError(f"token: {len(token)} characters")
    segments = token.split(".")
    if len(segments) != _SEGMENTS or not all(segments):
        raise TokenRefusedError("token: not three segments")
    try:
        header, payload, signature = (b64url_decode(segment) for segment in segments)
    except EncodingError as exc:
        raise TokenRefusedError("token: a segment isn't unpadded base64url") from exc
    kid, algorithm, typ = _header_parse(header)
    return _Opened(kid, algorithm, typ, payload, token.rpartition(".")[0].encode(), signature)


def _header_parse(header: bytes) -> tuple[str, Algorithm, str]:
    members = object_parse(header, what="header")
    if members.keys() - _MEMBERS or not {"alg", "kid"} <= members.keys():
        raise TokenRefusedError("header: a member that isn't allowed, or no alg or kid")
    texts = {name: value for name, value in members.items() if isinstance(value, str)}
    if len(texts) != len(members):
        raise TokenRefusedError("header: a member isn't a string")
    if not _KID.match(texts["kid"]):
        raise TokenRefusedError("header: kid has an impossible form")
    algorithm = ALGORITHM_NAMES.get(texts["alg"])
    if algorithm is None:
        raise TokenRefusedError("header: alg isn't one of those allowed")
    # A media type: case doesn't matter, and `application/` may be left out (RFC 7515, section 4.1.9).
    return texts["kid"], algorithm, texts.get("typ", UNTYPED).lower().removeprefix("application/")


def _key_select(opened: _Opened, keys: ForeignKeys, allowed: frozenset[Algorithm]) -> ForeignKey:
    if opened.kid in keys.refused:
        raise TokenRefusedError(f"header: key {opened.kid} can't be used: {keys.refused[opened.kid]}")
    key = keys.usable.get(opened.kid)
    if key is None:
        raise TokenKeyUnknownError(f"header: unknown kid {opened.kid}")
    # The header picks among what the key can do, and never makes it do anything else.
    if opened.algorithm not in key.algorithms & allowed:
        raise TokenRefusedError(f"header: alg isn't one of key {opened.kid} that is allowed")
    return key


def _signature_check(opened: _Opened, key: ForeignKey) -> None:
    if len(opened.signature) != key.signature_bytes:
        raise TokenRefusedError("signature: wrong length")
    model = JWSRegistry.algorithms[opened.algorithm.value]
    if not model.verify(opened.signing_input, opened.signature, key.jose_key):
        raise TokenRefusedError(f"signature: doesn't verify with key {key.kid}")


def _parties_check(claims: Mapping[str, Any], expected: ForeignExpected) -> None:
    if claims.get("iss") != expected.issuer:
        raise TokenRefusedError("claim iss: not the one expected")
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or not all(isinstance(one, str) for one in audiences):
        raise TokenRefusedError("claim aud: neither a string nor a list of strings")
    if expected.audience not in audiences or len(audiences) > _MOST_AUDIENCES:
        raise TokenRefusedError("claim aud: the one expected isn't in it")
    party = claims.get("azp", None if set(audiences) != {expected.audience} else expected.audience)
    if party != expected.audience:
        raise TokenRefusedError("claim azp: not the one expected")


def _times_check(claims: Mapping[str, Any], expected: ForeignExpected, now: int) -> None:
    # Comes last, so that "expired" means "was right".
    issued, expires = _whole(claims, "iat"), _whole(claims, "exp")
    begins = _whole(claims, "nbf") if "nbf" in claims else issued
    if max(issued, begins) > now + expected.leeway:
        raise TokenRefusedError("claim iat or nbf: in the future")
    if not 0 < expires - issued <= expected.longest_life:
        raise TokenRefusedError(f"claim exp: {expires - issued} seconds after iat")
    if expires + expected.leeway <= now:
        raise TokenExpiredError(f"claim exp: over for {now - expires} seconds")
    if now - issued > expected.longest_age + expected.leeway:
        raise TokenExpiredError(f"claim iat: {now - issued} seconds ago")


def _whole(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or value < 0:
        raise TokenRefusedError(f"claim {name}: not a whole number")
    return value
