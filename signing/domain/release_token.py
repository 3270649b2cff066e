"""`release+jwt`: the signed decision for one device (docs/tokens.md has an example of each).

The kind (what is accepted) and the builder (what is made) stand side by side here; a test verifies every
decision that the builder can make with the kind.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol

import msgspec

from releaseconsole.kernel.jose.algorithms import ASYMMETRIC_ALGORITHMS
from releaseconsole.kernel.jose.claim_rules import one_of, text, whole
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.kinds import COMMON_CLAIMS, TokenKind, lifetime_check
from signing.domain.claim_values import EXT, ext_rule
from signing.domain.profile import ClaimValue

# Longest nonce a device may send; the gateway refuses longer ones before it comes to a token.
NONCE_MAX_LENGTH: Final = 128

_SHA256: Final = text(least=64, most=64, pattern=r"[0-9a-f]+")
_RELEASE_CLAIMS: Final = {
    "release_id": whole(least=1),
    "release_seq": whole(least=1),
    "version": text(most=64),
    "bundle_sha256": _SHA256,
    "bundle_size": whole(least=1),
    "manifest_sha256": _SHA256,
}
# Absent where the release is unbounded: there is one way to say so, and `null` isn't it.
_BOUND_CLAIMS: Final = {"native_min": text(most=32), "native_max": text(most=32)}
_NAMES_A_RELEASE: Final = frozenset({"install", "current"})


def _relation(claims: Mapping[str, Any]) -> None:
    """Check that a decision which names a release says all of it, and another one nothing of it.

    Raises:
        TokenRefusedError: The decision and the other claims contradict each other.
    """
    about_release = claims.keys() & (_RELEASE_CLAIMS.keys() | _BOUND_CLAIMS.keys())
    if claims["decision"] in _NAMES_A_RELEASE:
        if not _RELEASE_CLAIMS.keys() <= about_release:
            raise TokenRefusedError("claims: the decision names a release without describing it")
    elif about_release:
        raise TokenRefusedError("claims: a release with a decision that names none")
    if not claims["channel"] and (claims["decision"] != "hold" or claims["decision_seq"]):
        raise TokenRefusedError("claims: a decision without a channel")
    if claims["channel"] and not claims["decision_seq"]:
        raise TokenRefusedError("claims: a channel without a decision_seq")


RELEASE_TOKEN: Final = TokenKind(
    typ="release+jwt",
    algorithms=ASYMMETRIC_ALGORITHMS,
    required={
        **COMMON_CLAIMS,
        "nbf": whole(),
        "decision": one_of("install", "current", "builtin", "hold"),
        # 0, with an empty channel, where no channel serves the device: then there is nothing to count.
        "decision_seq": whole(),
        "channel": text(least=0, most=64),
    },
    optional={"nonce": text(most=NONCE_MAX_LENGTH), EXT: ext_rule, **_RELEASE_CLAIMS, **_BOUND_CLAIMS},
    relation=_relation,
    # For one device; the app's back end, to which a device may show it, can use it up (docs/tokens.md).
    single_use=True,
)


class ReleaseFacts(Protocol):
    """What a token says about a release; `updates` has a class of this shape, this floor can't import it."""

    @property
    def release_id(self) -> int:
        """Its id in the database."""

    @property
    def release_seq(self) -> int:
        """Its number within the app."""

    @property
    def version(self) -> str:
        """The bundle's version."""

    @property
    def bundle_sha256(self) -> str:
        """Hash of the zip, 64 lower-case hex digits."""

    @property
    def bundle_size(self) -> int:
        """Bytes of the zip."""

    @property
    def manifest_sha256(self) -> str:
        """Hash of the manifest, 64 lower-case hex digits."""

    @property
    def native_min(self) -> str:
        """Least native version; empty if unbounded."""

    @property
    def native_max(self) -> str:
        """Greatest native version; empty if unbounded."""


_encode: Final = msgspec.json.Encoder().encode


class ReleaseClaims:
    """The claims of one decision, encoded but for what differs from device to device.

    A decision is the same for a whole fleet, so the hot path only fills in the rest: half the cost of
    encoding all of it.
    """

    __slots__ = ("_head", "_lifetime", "_tail")

    def __init__(
        self,
        *,
        issuer: str,
        app_id: str,
        lifetime: int,
        decision: str,
        decision_seq: int,
        channel: str,
        release: ReleaseFacts | None,
        ext: Mapping[str, ClaimValue] | None = None,
    ) -> None:
        about: dict[str, Any] = {"decision": decision, "decision_seq": decision_seq, "channel": channel}
        if release is not None:
            about |= _about(release)
        if ext:
            about[EXT] = ext
        self._head: Final = _encode({"iss": issuer, "aud": app_id})[:-1]
        self._tail: Final = _encode(about)[1:]
        self._lifetime: Final = lifetime_check(lifetime)

    def encode(self, *, device_id: str, issued: int, jti: str, nonce: str | None) -> bytes:
        """Write the claims as JSON for one device; its own words are escaped like everything else."""
        return b'%b,"sub":%b,"iat":%d,"nbf":%d,"exp":%d,"jti":%b%b,%b' % (
            self._head,
            _encode(device_id),
            issued,
            issued,
            issued + self._lifetime,
            _encode(jti),
            b',"nonce":' + _encode(nonce) if nonce else b"",
            self._tail,
        )


def _about(release: ReleaseFacts) -> dict[str, str | int]:
    described: dict[str, str | int] = {
        "release_id": release.release_id,
        "release_seq": release.release_seq,
        "version": release.version,
        "bundle_sha256": release.bundle_sha256,
        "bundle_size": release.bundle_size,
        "manifest_sha256": release.manifest_sha256,
    }
    bounds = {"native_min": release.native_min, "native_max": release.native_max}
    return described | {name: bound for name, bound in bounds.items() if bound}


def release_claims_encode(
    *,
    issuer: str,
    app_id: str,
    device_id: str,
    issued: int,
    lifetime: int,
    jti: str,
    decision: str,
    decision_seq: int,
    channel: str,
    nonce: str | None,
    release: ReleaseFacts | None,
    ext: Mapping[str, ClaimValue] | None = None,
) -> bytes:
    """Write the claims of one decision for one device as JSON.

    `release` belongs to the decisions `install` and `current` and to no other.
    """
    claims = ReleaseClaims(
        issuer=issuer,
        app_id=app_id,
        lifetime=lifetime,
        decision=decision,
        decision_seq=decision_seq,
        channel=channel,
        release=release,
        ext=ext,
    )
    return claims.encode(device_id=device_id, issued=issued, jti=jti, nonce=nonce)
