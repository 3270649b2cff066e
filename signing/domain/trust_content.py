"""What the documents of a trust chain are to say, apart from when: from this they are built and compared.

A document is signed again when its content differs from what it should say by now, or when it has grown old;
`sha256` is how the two are told apart without reading what was signed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from releaseconsole.kernel.encoding import b64url_decode, canonical_json, sha256_hex
from releaseconsole.kernel.jose.strict_json import object_parse

DELEGATION_LIFE: Final = 365 * 24 * 60 * 60
TRUST_LIFE: Final = 24 * 60 * 60
ROTATION_LIFE: Final = 20 * 365 * 24 * 60 * 60

JWK = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A token key as a bundle lists it; times are seconds since 1970, and `not_after` is exclusive."""

    jwk: JWK
    purpose: str
    state: str
    not_before: int
    not_after: int

    def entry(self) -> dict[str, Any]:
        """Write it as the bundle does."""
        return {
            "jwk": dict(self.jwk),
            "purpose": self.purpose,
            "state": self.state,
            "not_before": self.not_before,
            "not_after": self.not_after,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustContent:
    """What a trust bundle says.

    Attributes:
        issuer: The console (`iss`).
        app_id: The app (`aud`).
        signer_kid: The trust key that signs; not a claim, but another one means another bundle.
        keys: The token keys that are good now or next.
        revoked: Compromised keys of the app: token keys and trust keys.
        refresh_seconds: How soon a client asks again.
    """

    issuer: str
    app_id: str
    signer_kid: str
    keys: Sequence[PublishedKey]
    revoked: Sequence[str]
    refresh_seconds: int

    def sha256(self) -> str:
        """Hash what it says."""
        return sha256_hex(canonical_json([self.signer_kid, self._facts()]))

    def claims(self, *, version: int, issued: int) -> dict[str, Any]:
        """Write the claims of a bundle that is issued now."""
        return {**self._facts(), "version": version, "iat": issued, "exp": issued + TRUST_LIFE}

    def _facts(self) -> dict[str, Any]:
        return {
            "iss": self.issuer,
            "aud": self.app_id,
            "keys": [key.entry() for key in self.keys],
            "revoked": list(self.revoked),
            "refresh_seconds": self.refresh_seconds,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationContent:
    """What a delegation says: `keys` are the trust keys, the current one first, its standby second."""

    issuer: str
    app_id: str
    root_kid: str
    keys: Sequence[JWK]

    def sha256(self) -> str:
        """Hash what it says."""
        return sha256_hex(canonical_json(self._facts()))

    def claims(self, *, version: int, issued: int) -> dict[str, Any]:
        """Write the claims of a delegation that is issued now."""
        return {**self._facts(), "version": version, "iat": issued, "exp": issued + DELEGATION_LIFE}

    def _facts(self) -> dict[str, Any]:
        keys = [dict(jwk) for jwk in self.keys]
        return {"iss": self.issuer, "aud": self.app_id, "root": self.root_kid, "keys": keys}


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationContent:
    """What a root rotation says."""

    issuer: str
    app_id: str
    old: JWK
    new: JWK

    def sha256(self) -> str:
        """Hash what it says."""
        return sha256_hex(canonical_json(self._facts()))

    def claims(self, *, version: int, issued: int) -> dict[str, Any]:
        """Write the claims of a rotation that is issued now."""
        return {**self._facts(), "version": version, "iat": issued, "exp": issued + ROTATION_LIFE}

    def _facts(self) -> dict[str, Any]:
        return {"iss": self.issuer, "aud": self.app_id, "old": dict(self.old), "new": dict(self.new)}


def version_next(*, previous: int, issued: int) -> int:
    """Return the version of the next document: higher than the last, and never lower than the clock.

    So a console that was restored from an old copy, and doesn't know what it has issued since, still issues a
    higher one: it can't have issued more than one a second.
    """
    return max(previous + 1, issued)


def claims_read(signed: str) -> dict[str, Any]:
    """Read the claims of a document that this console has verified before it stored it; checks nothing."""
    return object_parse(b64url_decode(signed.split(".")[1]), what="stored document")
