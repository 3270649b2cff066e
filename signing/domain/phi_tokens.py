"""The kinds that travel encrypted: each is the kind it is made from, with a `typ` of its own and a `pad`.

The inner token says `phi-…` too: taken out of its envelope it passes nowhere for one that was sent in clear.
"""

from dataclasses import replace
from typing import Final

from releaseconsole.kernel.jose.kinds import TokenKind
from releaseconsole.kernel.jose.padding import BUCKET, PAD, PAD_CLAIM
from signing.domain.backend_token import BACKEND_TOKEN
from signing.domain.release_token import RELEASE_TOKEN


def _encrypted(kind: TokenKind) -> TokenKind:
    return replace(kind, typ=f"phi-{kind.typ}", optional={**kind.optional, PAD: PAD_CLAIM})


PHI_RELEASE_TOKEN: Final = _encrypted(RELEASE_TOKEN)
PHI_BACKEND_TOKEN: Final = _encrypted(BACKEND_TOKEN)

_PAD_MEMBER: Final = b',"%b":"%b"}'
_EMPTY_PAD_BYTES: Final = len(_PAD_MEMBER % (PAD.encode(), b"")) - len(b"}")


def encoded_claims_pad(claims: bytes) -> bytes:
    """Fill up claims that are JSON already (an object with members, none of them `pad`) to whole buckets."""
    missing = -(len(claims) + _EMPTY_PAD_BYTES) % BUCKET
    return claims[:-1] + _PAD_MEMBER % (PAD.encode(), b"0" * missing)
