"""An app's trust chain that is right in every way, from which the tests spoil one thing at a time."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from releaseconsole.kernel.encoding import canonical_json
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.signing import TokenSigner
from signing.domain.release_token import RELEASE_TOKEN
from signing.domain.trust_content import DelegationContent, PublishedKey, RotationContent, TrustContent
from tests.simulator.trusting_client import TrustingClient
from tests.support.tokens import APP_ID, DEVICE_ID, ISSUER, NOW, install_claims

DELEGATION = "delegation+jws"
TRUST = "trust+jws"
ROTATION = "root-rotation+jws"
DAY = 24 * 60 * 60


def signed(key: ES256Key, typ: str, claims: Mapping[str, Any]) -> str:
    signer = TokenSigner(kid=kid_of(key), algorithm=key.algorithm, typ=typ, sign=key.sign)
    return signer.sign(canonical_json(without_gaps(claims)))


def without_gaps(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the claims that a test changed to `...`."""
    return {name: value for name, value in claims.items() if value is not ...}


def kid_of(key: ES256Key) -> str:
    return key.public_jwk()["kid"]


def published(key: ES256Key, state: str = "current", **changed: Any) -> PublishedKey:
    window: dict[str, Any] = {
        "not_before": NOW - DAY,
        "not_after": NOW + 30 * DAY,
        "purpose": "release_token",
    }
    return PublishedKey(jwk=key.public_jwk(), state=state, **(window | changed))


@dataclass
class Chain:
    """Keys of one app; each method makes a document as the console would, but for what is changed."""

    root: ES256Key = field(default_factory=ES256Key.generate)
    current: ES256Key = field(default_factory=ES256Key.generate)
    standby: ES256Key = field(default_factory=ES256Key.generate)
    token: ES256Key = field(default_factory=ES256Key.generate)
    upcoming: ES256Key = field(default_factory=ES256Key.generate)

    def delegation_claims(self, **changed: Any) -> dict[str, Any]:
        keys = [self.current.public_jwk(), self.standby.public_jwk()]
        content = DelegationContent(issuer=ISSUER, app_id=APP_ID, root_kid=kid_of(self.root), keys=keys)
        return content.claims(version=100, issued=NOW) | changed

    def delegation(self, *, signer: ES256Key | None = None, typ: str = DELEGATION, **changed: Any) -> str:
        return signed(signer or self.root, typ, self.delegation_claims(**changed))

    def trust_claims(self, **changed: Any) -> dict[str, Any]:
        content = TrustContent(
            issuer=ISSUER,
            app_id=APP_ID,
            signer_kid="",
            keys=[published(self.token), published(self.upcoming, "next")],
            revoked=[],
            refresh_seconds=3600,
        )
        return content.claims(version=1000, issued=NOW) | changed

    def trust(self, *, signer: ES256Key | None = None, typ: str = TRUST, **changed: Any) -> str:
        return signed(signer or self.current, typ, self.trust_claims(**changed))

    def rotation_claims(self, new: ES256Key, **changed: Any) -> dict[str, Any]:
        content = RotationContent(
            issuer=ISSUER, app_id=APP_ID, old=self.root.public_jwk(), new=new.public_jwk()
        )
        return content.claims(version=7, issued=NOW) | changed

    def rotation(self, new: ES256Key, **changed: Any) -> dict[str, str]:
        claims = self.rotation_claims(new, **changed)
        return {"old": signed(self.root, ROTATION, claims), "new": signed(new, ROTATION, claims)}

    def body(
        self, *, delegation: str = "", trust: str = "", rotations: list[dict[str, str]] | None = None
    ) -> bytes:
        answer = {
            "delegation": delegation or self.delegation(),
            "trust": trust or self.trust(),
            "rotations": rotations or [],
        }
        return json.dumps(answer).encode()

    def release_token(self, key: ES256Key | None = None, **changed: Any) -> str:
        return signed(key or self.token, RELEASE_TOKEN.typ, install_claims(**changed))


@dataclass
class Wire:
    """What the client's requests get; tests change it, and the clock, as time goes by."""

    body: bytes
    now: int = NOW

    def client(self, root: ES256Key) -> TrustingClient:
        fetch: Callable[[], bytes] = lambda: self.body  # noqa: E731 (read anew with each request)
        return TrustingClient(root.public_jwk(), APP_ID, DEVICE_ID, ISSUER, fetch, lambda: self.now)
