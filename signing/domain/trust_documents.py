"""The documents of an app's trust chain, as kinds: what each must say to be one (docs/trust-chain.md).

    root-rotation+jws   the old root and the new one agree that the new one takes over
    delegation+jws      the root names one or two online trust keys, in order of rank
    trust+jws           a trust key says which token keys are good now and next, and which are revoked

What makes them safe together is the order in which a client ranks what it has seen: by the delegation's
version, then by the signer's rank in it, then by the bundle's version. The standby outranks the current key,
so whoever stole that one can't outbid the standby, however high a version they sign. And no version can be
so high that none ever follows it: it stays near the time of issue.
"""

from collections.abc import Mapping
from typing import Any, Final

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.claim_rules import list_of, one_of, record, text, whole
from releaseconsole.kernel.jose.documents import DocumentKind
from releaseconsole.kernel.jose.errors import KeyRefusedError, TokenRefusedError
from releaseconsole.kernel.jose.kinds import PARTY_CLAIMS
from releaseconsole.kernel.jose.public_keys import public_key_import

_DAY: Final = 24 * 60 * 60
MAX_DELEGATION_LIFE: Final = 366 * _DAY
MAX_TRUST_LIFE: Final = _DAY
# A version is the second of issue, or one more than the last (`version_next`). One that is signed far ahead,
# by a mistake or a tampered request, would leave clients with a height that no later document ever reaches.
MAX_VERSION_LEAD: Final = _DAY
# An app from the store may be opened years after its root was rotated, and still has to find the way.
MAX_ROTATION_LIFE: Final = 20 * 366 * _DAY
# Current and standby.
MOST_TRUST_KEYS: Final = 2
# Three keys for each of two purposes; more would have a reason that isn't known here.
_MOST_TOKEN_KEYS: Final = 16
MOST_REVOKED: Final = 256
_KID: Final = text(least=1, most=64, pattern=r"[A-Za-z0-9_-]+")
_ONLY_ONE: Final = frozenset({"current", "next"})


def _public_jwk(name: str, value: object) -> None:
    if not isinstance(value, dict):
        raise TokenRefusedError(f"claim {name}: not an object")
    try:
        public_key_import(value)
    except KeyRefusedError as exc:
        raise TokenRefusedError(f"claim {name}: not a public key") from exc


def _es256_jwk(name: str, value: object) -> None:
    _public_jwk(name, value)
    if not isinstance(value, dict) or value["alg"] != Algorithm.ES256:
        raise TokenRefusedError(f"claim {name}: not an ES256 key")


def _version_relation(claims: Mapping[str, Any]) -> None:
    if claims["version"] > claims["iat"] + MAX_VERSION_LEAD:
        raise TokenRefusedError("claim version: more than a day ahead of iat")


def _delegation_relation(claims: Mapping[str, Any]) -> None:
    _version_relation(claims)
    # A root that delegates to itself would be online, and would have two purposes.
    if claims["root"] in {jwk["kid"] for jwk in claims["keys"]}:
        raise TokenRefusedError("claim keys: the root itself")


def _trust_relation(claims: Mapping[str, Any]) -> None:
    """Check the keys against each other.

    Raises:
        TokenRefusedError: A key twice, good and revoked at once, with a window that never opens, or two
            current (or next) ones for one purpose; or a version far ahead.
    """
    _version_relation(claims)
    kids = [entry["jwk"]["kid"] for entry in claims["keys"]]
    if len(set(kids)) != len(kids) or set(kids) & set(claims["revoked"]):
        raise TokenRefusedError("claim keys: a key twice, or revoked")
    roles = [(entry["purpose"], entry["state"]) for entry in claims["keys"] if entry["state"] in _ONLY_ONE]
    if len(set(roles)) != len(roles):
        raise TokenRefusedError("claim keys: two keys in one role")
    if any(entry["not_after"] <= entry["not_before"] for entry in claims["keys"]):
        raise TokenRefusedError("claim keys: a window that never opens")


def _rotation_relation(claims: Mapping[str, Any]) -> None:
    _version_relation(claims)
    if claims["old"]["kid"] == claims["new"]["kid"]:
        raise TokenRefusedError("claim new: the old root")


_VERSION: Final = whole(least=1)

DELEGATION: Final = DocumentKind(
    typ="delegation+jws",
    algorithms=frozenset({Algorithm.ES256}),
    required={
        **PARTY_CLAIMS,
        "version": _VERSION,
        "root": _KID,
        "keys": list_of(_es256_jwk, least=1, most=MOST_TRUST_KEYS),
    },
    relation=_delegation_relation,
    max_life=MAX_DELEGATION_LIFE,
)

TRUST: Final = DocumentKind(
    typ="trust+jws",
    algorithms=frozenset({Algorithm.ES256}),
    required={
        **PARTY_CLAIMS,
        "version": _VERSION,
        "keys": list_of(
            record({
                "jwk": _public_jwk,
                # A stolen key of the app's back end mustn't be good for releases.
                "purpose": one_of("release_token", "backend_token"),
                "state": one_of("current", "next", "previous"),
                "not_before": whole(),
                "not_after": whole(),
            }),
            least=1,
            most=_MOST_TOKEN_KEYS,
        ),
        "revoked": list_of(_KID, most=MOST_REVOKED),
        "refresh_seconds": whole(least=1, most=_DAY),
    },
    relation=_trust_relation,
    max_life=MAX_TRUST_LIFE,
)

ROOT_ROTATION: Final = DocumentKind(
    typ="root-rotation+jws",
    algorithms=frozenset({Algorithm.ES256}),
    required={**PARTY_CLAIMS, "version": _VERSION, "old": _es256_jwk, "new": _es256_jwk},
    relation=_rotation_relation,
    max_life=MAX_ROTATION_LIFE,
)
