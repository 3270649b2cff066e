"""`download+jwt`: the right of one device to fetch one bundle, in the URL's path.

Issued and verified by this server alone, so it is an HMAC; in a URL, so it says no more than it must.
"""

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.claim_rules import MOST_WHOLE, text
from releaseconsole.kernel.jose.errors import TokenExpiredError, TokenRefusedError
from releaseconsole.kernel.jose.kinds import COMMON_CLAIMS, JTI_LENGTH, TokenKind, lifetime_check
from releaseconsole.kernel.jose.verification import CLOCK_SKEW

DOWNLOAD_TOKEN: Final = TokenKind(
    typ="download+jwt",
    algorithms=frozenset({Algorithm.HS256}),
    # `aud` is the app, `sub` the device, `sha256` the bundle.
    required={**COMMON_CLAIMS, "sha256": text(least=64, most=64, pattern=r"[0-9a-f]+")},
)

# These must agree with COMMON_CLAIMS and DOWNLOAD_TOKEN; a test compares the two readers on hostile input.
_Text = Annotated[str, Meta(min_length=1, max_length=512)]
_Time = Annotated[int, Meta(ge=0, le=MOST_WHOLE)]
_SHA256 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
_JTI = Annotated[str, Meta(pattern=rf"\A[A-Za-z0-9_-]{{{JTI_LENGTH},64}}\Z")]


class _Claims(msgspec.Struct, forbid_unknown_fields=True):
    """The claims in the only order in which they are written."""

    iss: _Text
    aud: _Text
    sub: _Text
    sha256: _SHA256
    iat: _Time
    exp: _Time
    jti: _JTI


@dataclass(frozen=True, slots=True)
class DownloadClaims:
    """What a verified download token allows: this device, this app's bundle with this hash, until `exp`."""

    device_id: str
    app_id: str
    sha256: str
    exp: int


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(_Claims).decode


def download_claims_encode(
    *, issuer: str, app_id: str, device_id: str, sha256: str, issued: int, lifetime: int, jti: str
) -> bytes:
    """Write the claims as JSON."""
    expires = issued + lifetime_check(lifetime)
    return _encode(_Claims(issuer, app_id, device_id, sha256, issued, expires, jti))


def download_claims_read(payload: bytes, *, issuer: str, now: int) -> DownloadClaims:
    """Read and judge the claims of a token whose tag was right.

    Raises:
        TokenRefusedError: Not exactly the claims that `download_claims_encode` writes, in its spelling.
        TokenExpiredError: Its time is over and nothing else is wrong.
    """
    try:
        claims = _decode(payload)
    except (msgspec.MsgspecError, ValueError) as exc:
        raise TokenRefusedError("claims: not those of a download token") from exc
    # msgspec lets the last of two equal members win; there is one spelling, and this isn't it.
    if _encode(claims) != payload:
        raise TokenRefusedError("claims: spelt in another way than this server does")
    if claims.iss != issuer:
        raise TokenRefusedError("claim iss: not this server")
    if not 0 < claims.exp - claims.iat <= DOWNLOAD_TOKEN.max_life or claims.iat > now + CLOCK_SKEW:
        raise TokenRefusedError("claims iat and exp: impossible")
    if claims.exp <= now:
        raise TokenExpiredError(f"claim exp: over for {now - claims.exp} seconds")
    return DownloadClaims(claims.sub, claims.aud, claims.sha256, claims.exp)
