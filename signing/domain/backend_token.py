"""`backend+jwt`: what an app's own back end has the console say about somebody, for its other services.

It never goes to a device, so it may be an HMAC: whoever verifies it then can forge it, and that is the app's
back end itself. A back end with several services that don't trust each other takes another algorithm.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.claim_rules import text, whole
from releaseconsole.kernel.jose.kinds import COMMON_CLAIMS, MAX_LIFE, TokenKind
from releaseconsole.kernel.jose.padding import pad_claims
from signing.domain.claim_values import EXT, ext_rule
from signing.domain.profile import ClaimValue
from signing.errors import ClaimValueError

MOST_SUBJECT: Final = 128
# A second isn't enough to arrive anywhere, and no token outlives 15 minutes.
LEAST_LIFE: Final = 5
_SUBJECT: Final = re.compile(rf"[^\x00-\x1f\x7f\ud800-\udfff]{{1,{MOST_SUBJECT}}}")

BACKEND_TOKEN: Final = TokenKind(
    typ="backend+jwt",
    algorithms=frozenset(Algorithm),
    required={**COMMON_CLAIMS, "sub": text(most=MOST_SUBJECT), "nbf": whole()},
    optional={EXT: ext_rule},
    single_use=True,
)


def subject_check(subject: str) -> str:
    """Return `subject` if a token can be about it.

    Raises:
        ClaimValueError: It can't; the subject isn't repeated.
    """
    if not _SUBJECT.fullmatch(subject):
        raise ClaimValueError(f"A subject has 1 to {MOST_SUBJECT} characters, none of them a control.")
    return subject


def life_asked_check(lifetime: int, *, most: int) -> int:
    """Return `lifetime` (seconds) if a token can live as long.

    Args:
        lifetime: What was asked for.
        most: What this console allows; keys verify for no longer after their end.

    Raises:
        ClaimValueError: It can't.
    """
    most = min(most, MAX_LIFE)
    if not LEAST_LIFE <= lifetime <= most:
        raise ClaimValueError(f"A token lives {LEAST_LIFE} to {most} seconds.")
    return lifetime


def backend_claims(
    *,
    issuer: str,
    app_id: str,
    subject: str,
    issued: int,
    lifetime: int,
    jti: str,
    ext: Mapping[str, ClaimValue],
    padded: bool,
) -> dict[str, Any]:
    """Write the claims, padded to whole buckets where they will be encrypted."""
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": app_id,
        "sub": subject,
        "iat": issued,
        "nbf": issued,
        "exp": issued + lifetime,
        "jti": jti,
    }
    if ext:
        claims[EXT] = dict(ext)
    return pad_claims(claims) if padded else claims
