"""Signed documents: what the console says about keys, for everybody who pins one of them.

Like tokens, but about nobody in particular (no `sub`), kept and served again (no `jti`), longer, and living
for hours or months. What keeps an old one from coming back is a version among its own claims, which the
reader compares with the highest it has seen. What a kind of document holds is for `signing` to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from releaseconsole.kernel.jose.compact import compact_open, times_check
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.kinds import PARTY_CLAIMS, Kind
from releaseconsole.kernel.jose.public_keys import VerificationKey
from releaseconsole.kernel.jose.signing import TokenSigner, token_sign_checked

# A hundred keys with their windows; below what joserfc parses (128,000 bytes of payload).
MAX_DOCUMENT_LENGTH: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind(Kind):
    """A kind of document: `required` holds `PARTY_CLAIMS`; each kind says for itself how long it lives."""

    max_length: int = MAX_DOCUMENT_LENGTH

    def __post_init__(self) -> None:
        if not PARTY_CLAIMS.keys() <= self.required.keys():
            raise ValueError(f"{self.typ} doesn't require what every document has.")
        if not self.typ.endswith("+jws"):
            raise ValueError(f"{self.typ}: a document's typ ends in +jws, as no token's does.")


def document_sign(signer: TokenSigner, *, kind: DocumentKind, claims: Mapping[str, Any]) -> str:
    """Sign a document, after the same checks of its claims that the reader will make.

    Raises:
        TokenRefusedError: A reader would refuse these claims; nothing was signed.
    """
    return token_sign_checked(signer, kind=kind, claims=claims)


def document_verify(
    text: str,
    *,
    kind: DocumentKind,
    keys: Mapping[str, VerificationKey],
    issuer: str,
    audience: str,
    now: int,
) -> dict[str, Any]:
    """Verify a document and return its claims.

    Args:
        text: Compact JWS, untrusted.
        kind: The one kind of document the caller wants.
        keys: The keys the caller trusts for this kind, issuer and audience, by `kid`.
        issuer: Who must have signed it (`iss`).
        audience: Which app it must be for (`aud`).
        now: Seconds since 1970 to judge times by.

    Raises:
        TokenRefusedError: Anything is wrong with it; `reason` says what, for the log.
        TokenExpiredError: Nothing is wrong with it except that its time is over.
    """
    claims = compact_open(text, kind=kind, keys=keys)
    for name, value in (("iss", issuer), ("aud", audience)):
        if claims[name] != value:
            raise TokenRefusedError(f"claim {name}: not the one expected")
    times_check(claims, now)
    return claims
