"""What custom claims may be called, what values they take, and the rule for `ext`, which holds them.

A kind of token checks the shape only: which names an app has is known where its tokens are issued.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from releaseconsole.kernel.encoding import canonical_json
from releaseconsole.kernel.jose.claim_rules import MOST_WHOLE
from releaseconsole.kernel.jose.errors import TokenRefusedError
from signing.domain.claim_class import ClaimType
from signing.domain.profile import ClaimValue
from signing.errors import ClaimNameError, ClaimValueError

MOST_CLAIMS: Final = 32
MOST_CHARACTERS: Final = 256
# 32 long texts would make a token that no verifier reads (8,192 characters, claims in base64).
MOST_BYTES: Final = 2048
EXT: Final = "ext"

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
# Controls, which databases and logs trip over, and half characters, which no UTF-8 can write.
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
# Under `ext` nothing collides, but a reader that flattens a token must not find two of them. IANA's names
# that carry a decision somewhere, and all that the console's kinds of token have.
RESERVED_NAMES: Final = frozenset({
    *("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "azp", "acr", "amr", "auth_time", "sid"),
    *("act", "cnf", "may_act", "client_id", "scope", "roles", "groups", "entitlements", "ext", "pad"),
    *("decision", "decision_seq", "channel", "release_id", "release_seq", "version", "bundle_sha256"),
    *("bundle_size", "manifest_sha256", "native_min", "native_max", "sha256"),
})


def claim_name_check(name: str) -> str:
    """Return `name` if a custom claim may have it.

    Raises:
        ClaimNameError: It may not.
    """
    if not _NAME.fullmatch(name):
        raise ClaimNameError(
            "A claim's name is 1 to 64 lower-case letters, digits and underscores, and begins with a letter."
        )
    if name in RESERVED_NAMES:
        raise ClaimNameError(f"{name} means something in every token, so no claim of your own can have it.")
    return name


def claim_value_check(name: str, claim_type: ClaimType, value: object) -> ClaimValue:
    """Return `value` if a claim of this type takes it; refusals name the claim, never the value.

    Raises:
        ClaimValueError: Another type, or out of bounds.
    """
    if claim_type is ClaimType.TEXT and isinstance(value, str) and _is_fit_text(value):
        return value
    if claim_type is ClaimType.WHOLE and type(value) is int and abs(value) <= MOST_WHOLE:
        return value
    if claim_type is ClaimType.FLAG and isinstance(value, bool):
        return value
    raise ClaimValueError(f"{name} takes {_TAKES[claim_type]}.")


_TAKES: Final[Mapping[ClaimType, str]] = {
    ClaimType.TEXT: f"text of at most {MOST_CHARACTERS} characters, without control characters",
    ClaimType.WHOLE: f"a whole number between -{MOST_WHOLE} and {MOST_WHOLE}",
    ClaimType.FLAG: "true or false",
}


def ext_size_check(ext: Mapping[str, ClaimValue]) -> None:
    """Check that all claims together fit into a token.

    Raises:
        ClaimValueError: They are too many, or too long.
    """
    if len(ext) > MOST_CLAIMS:
        raise ClaimValueError(f"A token carries at most {MOST_CLAIMS} claims of your own.")
    if len(canonical_json(ext)) > MOST_BYTES:
        raise ClaimValueError(f"All claims of your own together have at most {MOST_BYTES} bytes as JSON.")


def ext_rule(name: str, value: object) -> None:
    """Check the shape of `ext`: the `ClaimRule` for every kind that has it.

    Raises:
        TokenRefusedError: Not an object, empty, too large, or a member with an impossible name or value.
    """
    if not isinstance(value, dict) or not 0 < len(value) <= MOST_CLAIMS:
        raise TokenRefusedError(f"claim {name}: not an object of 1 to {MOST_CLAIMS} members")
    for member, inner in value.items():
        if not _NAME.fullmatch(member) or not _is_possible(inner):
            raise TokenRefusedError(f"claim {name}: an impossible member")
    if len(canonical_json(value)) > MOST_BYTES:
        raise TokenRefusedError(f"claim {name}: more than {MOST_BYTES} bytes")


def _is_possible(value: Any) -> bool:
    if isinstance(value, str):
        return _is_fit_text(value)
    return isinstance(value, bool) or (type(value) is int and abs(value) <= MOST_WHOLE)


def _is_fit_text(value: str) -> bool:
    return len(value) <= MOST_CHARACTERS and not _UNFIT.search(value)
