"""The protected header of a nested token: exactly `alg`, `enc`, `kid`, `typ`, `cty`, and `epk` for ECDH.

What isn't there can't be used: `zip` (a decompression bomb), `jku`, `jwk` and `x5u` (a key of the sender's
choice), `p2c` (as much work as the sender likes), `apu` and `apv`, `crit`. All of it is judged before a
private key is touched.
"""

import re
from dataclasses import dataclass
from typing import Final

from releaseconsole.kernel.encoding import EncodingError, b64url_decode
from releaseconsole.kernel.jose.encryption_keys import CONTENT_ENCRYPTION, EncryptionAlgorithm, p256_check
from releaseconsole.kernel.jose.errors import KeyRefusedError, TokenRefusedError
from releaseconsole.kernel.jose.strict_json import object_parse

_MEMBERS: Final = frozenset({"alg", "enc", "kid", "typ", "cty"})
_EPK_MEMBERS: Final = frozenset({"kty", "crv", "x", "y"})
# A recipient's kid is always a SHA-256 thumbprint.
_KID: Final = re.compile(r"[A-Za-z0-9_-]{43}\Z")


@dataclass(frozen=True, slots=True)
class EncryptionHeader:
    """A header of the right shape; `alg` has yet to be compared with the key that `kid` names."""

    alg: EncryptionAlgorithm
    kid: str
    typ: str


def encryption_header_parse(segment: str) -> EncryptionHeader:
    """Parse the first segment of a nested token.

    Raises:
        TokenRefusedError: Not strict base64url of strict JSON; other members; an algorithm or a content that
            isn't ours; an `epk` that is no point on P-256, or that has no business there.
    """
    try:
        members = object_parse(b64url_decode(segment), what="outer header")
    except EncodingError as exc:
        raise TokenRefusedError("outer header: not unpadded base64url") from exc
    if members.keys() - {"epk"} != _MEMBERS:
        raise TokenRefusedError("outer header: members other than alg, enc, kid, typ, cty and epk")
    if not all(isinstance(members[name], str) for name in _MEMBERS):
        raise TokenRefusedError("outer header: a member isn't a string")
    if not _KID.match(members["kid"]):
        raise TokenRefusedError("outer header: kid has an impossible form")
    if (members["enc"], members["cty"]) != (CONTENT_ENCRYPTION, "JWT"):
        raise TokenRefusedError(f"outer header: enc isn't {CONTENT_ENCRYPTION}, or cty isn't JWT")
    algorithm = _algorithm(members["alg"])
    if ("epk" in members) != (algorithm is EncryptionAlgorithm.ECDH_ES_A256KW):
        raise TokenRefusedError("outer header: epk without ECDH, or ECDH without epk")
    if "epk" in members:
        _epk_check(members["epk"])
    return EncryptionHeader(alg=algorithm, kid=members["kid"], typ=members["typ"])


def _algorithm(name: str) -> EncryptionAlgorithm:
    try:
        return EncryptionAlgorithm(name)
    except ValueError as exc:
        raise TokenRefusedError("outer header: unknown alg") from exc


def _epk_check(epk: object) -> None:
    if not isinstance(epk, dict) or epk.keys() != _EPK_MEMBERS:
        raise TokenRefusedError("outer header: epk has members other than kty, crv, x and y")
    if not all(isinstance(value, str) for value in epk.values()):
        raise TokenRefusedError("outer header: a member of epk isn't a string")
    try:
        p256_check(epk)
    except KeyRefusedError as exc:
        raise TokenRefusedError("outer header: epk isn't a point on P-256") from exc
