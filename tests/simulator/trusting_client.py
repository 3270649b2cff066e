"""A device with a client library that trusts nothing but one pinned root: what ours in TypeScript will do.

It shares no verifier with the console for the trust chain: form, signatures and order are its own, so that a
mistake of the console's isn't made twice. Only release tokens go through the console's strict verifier.

It keeps the highest (delegation version, rank of the signer, bundle version) it has seen and takes nothing
below that. What it was told before stays good until it is over, whatever is wrong with a newer answer.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from releaseconsole.kernel.jose.errors import TokenExpiredError, TokenRefusedError
from releaseconsole.kernel.jose.public_keys import public_key_import
from releaseconsole.kernel.jose.thumbprints import thumbprint
from releaseconsole.kernel.jose.verification import Expected, token_verify
from signing.domain.release_token import RELEASE_TOKEN

Claims = dict[str, Any]
SKEW = 60
DAY = 24 * 60 * 60
# After a failure, and for a kid that nobody knows: soon, but not with every token.
RETRY_SECONDS = 60


class Refused(Exception):  # noqa: N818 (what a device's log says)
    """The client goes on with what it has; `code` says what was wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Bundle:
    """What it trusts now, and how high that stands."""

    height: tuple[int, int, int]
    signer: str
    claims: Claims
    revoked_signers: frozenset[str]


@dataclass
class TrustingClient:
    """One installation."""

    root_jwk: Mapping[str, str]
    app_id: str
    device_id: str
    issuer: str
    fetch_trust: Callable[[], bytes]
    now: Callable[[], int]
    bundle: Bundle | None = None
    decision_seqs: dict[str, int] = field(default_factory=dict)
    fetches: int = 0
    last_failure: str = ""
    _due_at: int = 0
    _retry_at: int = 0

    def verify(self, token: str, *, nonce: str | None = None) -> Claims:
        """Verify a release token; the claims are what may be acted on.

        Raises:
            Refused: Anything is wrong.
        """
        if self.now() >= self._due_at:
            self._refresh()
        kid = _kid(token)
        if not self._knows(kid) and self.now() >= self._retry_at:
            self._refresh()
        keys, entry = self._usable(kid)
        claims = self._token_claims(token, keys)
        if not entry["not_before"] <= claims["iat"] < entry["not_after"] or self.now() >= entry["not_after"]:
            raise Refused("key_out_of_window")
        if claims.get("nonce") != nonce:
            raise Refused("nonce")
        if claims["decision_seq"] < self.decision_seqs.get(claims["channel"], 0):
            raise Refused("decision_seq")
        self.decision_seqs[claims["channel"]] = claims["decision_seq"]
        return claims

    def _knows(self, kid: str) -> bool:
        bundle = self.bundle
        if bundle is None:
            return False
        # Of a revoked one there's nothing more to be learnt.
        return kid in bundle.claims["revoked"] or kid in {e["jwk"]["kid"] for e in bundle.claims["keys"]}

    def _usable(self, kid: str) -> tuple[dict[str, Any], Claims]:
        if self.bundle is None or self.now() >= self.bundle.claims["exp"]:
            raise Refused("no_trust")
        if kid in self.bundle.claims["revoked"]:
            raise Refused("key_revoked")
        for entry in self.bundle.claims["keys"]:
            if entry["jwk"]["kid"] == kid and entry["purpose"] == "release_token":
                return {kid: public_key_import(entry["jwk"])}, entry
        raise Refused("unknown_key")

    def _token_claims(self, token: str, keys: Mapping[str, Any]) -> Claims:
        expected = Expected(issuer=self.issuer, audience=self.app_id, subject=self.device_id)
        try:
            return token_verify(token, kind=RELEASE_TOKEN, keys=keys, expected=expected, now=self.now())
        except TokenExpiredError:
            raise Refused("token_expired") from None
        except TokenRefusedError:
            raise Refused("token_refused") from None

    def _refresh(self) -> None:
        self._retry_at = self.now() + RETRY_SECONDS
        try:
            self.fetches += 1
            self.accept(self.fetch_trust())
        except (Refused, OSError) as exc:
            self.last_failure = getattr(exc, "code", "unreachable")
            self._due_at = self._retry_at
        else:
            self.last_failure = ""
            self._due_at = self.now() + int(self.bundle.claims["refresh_seconds"] if self.bundle else 0)

    def accept(self, body: bytes) -> None:
        """Take an answer of the trust endpoint, or leave everything as it was.

        Raises:
            Refused: Something about it is wrong, or it is below what was seen.
        """
        try:
            self._accept(_object(body))
        except (KeyError, TypeError, AttributeError):  # a member is missing, or of another type
            raise Refused("malformed") from None

    def _accept(self, answer: Claims) -> None:
        root = self._root(answer["rotations"])
        delegation = self._document(
            answer["delegation"], "delegation+jws", {root["kid"]: root}, most=366 * DAY, code="delegation"
        )
        keys = delegation["keys"]
        ranks = {jwk["kid"]: rank for rank, jwk in enumerate(keys, start=1)}
        if delegation["root"] != root["kid"] or root["kid"] in ranks or not 1 <= len(ranks) == len(keys) <= 2:
            raise Refused("delegation")
        delegated = {jwk["kid"]: jwk for jwk in keys}
        claims = self._document(answer["trust"], "trust+jws", delegated, most=DAY, code="trust")
        signer = _kid(answer["trust"])
        self._order(delegation["version"], signer, ranks, claims)
        self.root_jwk = root

    def _order(self, delegation: int, signer: str, ranks: Mapping[str, int], claims: Claims) -> None:
        """Compare with the highest that was seen, and keep the higher."""
        seen, rank = self.bundle, ranks[signer]
        revoked = frozenset(kid for kid in claims["revoked"] if ranks.get(kid, rank) < rank)
        if seen is not None:
            if delegation < seen.height[0]:
                raise Refused("delegation_rollback")
            if delegation == seen.height[0]:
                # The root's next word replaces what its trust keys said of each other.
                if signer in seen.revoked_signers:
                    raise Refused("signer_revoked")
                revoked |= seen.revoked_signers
            if (delegation, rank, claims["version"]) < seen.height:
                raise Refused("trust_rollback")
            if signer == seen.signer and claims["version"] < seen.height[2]:
                raise Refused("trust_rollback")
        self.bundle = Bundle((delegation, rank, claims["version"]), signer, claims, revoked)

    def _root(self, rotations: list[dict[str, str]]) -> Mapping[str, str]:
        """Follow the rotations from the root it has; those before it are passed over."""
        root = self.root_jwk
        for rotation in rotations:
            if _kid(rotation["old"]) != root["kid"]:
                continue
            claims = self._rotation(rotation, root)
            root = claims["new"]
        return root

    def _rotation(self, rotation: Mapping[str, str], root: Mapping[str, str]) -> Claims:
        typ, code = "root-rotation+jws", "root_rotation"
        most = 20 * 366 * DAY
        claims = self._document(rotation["old"], typ, {root["kid"]: root}, most=most, code=code)
        new = claims["new"]
        agreed = self._document(rotation["new"], typ, {new["kid"]: new}, most=most, code=code)
        if rotation["old"].split(".")[1] != rotation["new"].split(".")[1] or agreed != claims:
            raise Refused(code)
        if claims["old"] != root:
            raise Refused(code)
        return claims

    def _document(
        self, text: str, typ: str, keys: Mapping[str, Mapping[str, str]], *, most: int, code: str
    ) -> Claims:
        """Verify a document: form, header, signature, for whom, when."""
        try:
            head, payload, signature = str(text).split(".")
            header = _object(_decoded(head))
            raw = _decoded(signature)
        except ValueError:
            raise Refused(code) from None
        key = keys.get(str(header.get("kid")))
        if (
            header.keys() != {"alg", "kid", "typ"}
            or header["typ"] != typ
            or header["alg"] != "ES256"
            or not key
        ):
            raise Refused(code)
        _signature_check(key, raw, f"{head}.{payload}".encode(), code)
        claims = _object(_decoded(payload))
        if (claims["iss"], claims["aud"]) != (self.issuer, self.app_id):
            raise Refused(code)
        if not 0 < claims["exp"] - claims["iat"] <= most or claims["iat"] > self.now() + SKEW:
            raise Refused(code)
        # A height that no later document ever reached would be the end of updates for this device.
        if not 0 < claims["version"] <= claims["iat"] + DAY:
            raise Refused(code)
        if claims["exp"] <= self.now():
            raise Refused(f"{code}_expired")
        return claims


def _signature_check(jwk: Mapping[str, str], raw: bytes, signed: bytes, code: str) -> None:
    if (jwk["kty"], jwk["crv"], jwk["alg"]) != ("EC", "P-256", "ES256") or jwk["kid"] != thumbprint(jwk):
        raise Refused(code)
    x, y = (int.from_bytes(_decoded(jwk[name]), "big") for name in ("x", "y"))
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    try:
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        raise Refused(code) from None
    if len(raw) != 64:
        raise Refused(code)


def _decoded(text: str) -> bytes:
    return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _kid(compact: str) -> str:
    try:
        return str(_object(_decoded(str(compact).split(".", 1)[0])).get("kid"))
    except ValueError:
        raise Refused("malformed") from None


def _object(data: bytes) -> Claims:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise Refused("malformed")
        return dict(pairs)

    try:
        value = json.loads(data, object_pairs_hook=members)
    except ValueError:
        raise Refused("malformed") from None
    if not isinstance(value, dict):
        raise Refused("malformed")
    return value
