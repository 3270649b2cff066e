"""The protected header of a compact JWS: exactly `alg`, `kid` and `typ`, each a string, each once.

joserfc reads `jku`, `jwk`, `x5u` and a second `kid` without complaint, and does without `kid` where there is
one key only. Here a header with anything else in it, or anything missing, is refused before a key is touched.
"""

import re
from dataclasses import dataclass
from typing import Final

from releaseconsole.kernel.encoding import (
    EncodingError,
    b64url_decode,
    b64url_encode,
    canonical_json,
)
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.strict_json import object_parse

_MEMBERS: Final = frozenset({"alg", "kid", "typ"})
# Long enough for a SHA-256 thumbprint; the alphabet leaves a path or a query nothing to work with.
_KID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Header:
    """A header that has the right shape; nothing in it is trusted yet."""

    alg: str
    kid: str
    typ: str


def header_segment(*, algorithm: Algorithm, kid: str, typ: str) -> str:
    """Encode the header that goes in front of every token of this key and kind."""
    return b64url_encode(canonical_json({"alg": algorithm.value, "kid": kid, "typ": typ}))


def header_parse(segment: str) -> Header:
    """Parse the first segment of a token.

    Raises:
        TokenRefusedError: Not strict base64url of strict JSON, or another set of members than the three.
    """
    try:
        members = object_parse(b64url_decode(segment), what="header")
    except EncodingError as exc:
        raise TokenRefusedError("header: not unpadded base64url") from exc
    if members.keys() != _MEMBERS:
        raise TokenRefusedError("header: members other than alg, kid and typ")
    if not all(isinstance(value, str) for value in members.values()):
        raise TokenRefusedError("header: a member isn't a string")
    if not _KID.match(members["kid"]):
        raise TokenRefusedError("header: kid has an impossible form")
    return Header(**members)
