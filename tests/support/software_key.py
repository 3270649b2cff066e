"""A security key in software: makes credentials and assertions as WebAuthn Level 3 has them, and forges them.

What the browser would do (origin, client data) is in here too. Every field that a server has to check can be
given as an attacker would.
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from releaseconsole.kernel import randomness
from releaseconsole.kernel.encoding import b64url_decode, b64url_encode

_PRESENT: Final = 0x01
_VERIFIED: Final = 0x04
_CAN_BE_COPIED: Final = 0x08
_IS_COPIED: Final = 0x10
_HAS_CREDENTIAL: Final = 0x40


def _origin() -> str:
    return str(settings.PUBLIC_URL)


def _private_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class SoftwareKey:
    """One credential. `counter` None is a key that doesn't count; `verifies` is its PIN."""

    verifies: bool = True
    synced: bool = False
    counter: int | None = 0
    aaguid: bytes = bytes(16)
    origin: str = field(default_factory=_origin)
    rp_id: str = field(default_factory=lambda: str(urlsplit(settings.PUBLIC_URL).hostname))
    present: bool = True
    attests: bool = False
    credential_id: bytes = field(default_factory=lambda: randomness.token_bytes(32))
    private: ec.EllipticCurvePrivateKey = field(default_factory=_private_key)
    user_handle: bytes = b""

    def registered(self, options: dict[str, Any], **forged: Any) -> dict[str, Any]:
        """Answer `navigator.credentials.create`."""
        self.user_handle = b64url_decode(options["user"]["id"])
        client = self._client_data("webauthn.create", options["challenge"], forged)
        data = self._authenticator_data(_HAS_CREDENTIAL) + self._attested()
        format_, statement = ("packed", self._statement(data, client)) if self.attests else ("none", {})
        attestation = cbor2.dumps({"fmt": format_, "attStmt": statement, "authData": data})
        response = {"clientDataJSON": b64url_encode(client), "attestationObject": b64url_encode(attestation)}
        extensions = {"credProps": {"rk": True}}
        return self._written(response | {"transports": ["usb"]}, extensions)

    def signed(
        self, options: dict[str, Any], *, handle: bytes | None = None, **forged: Any
    ) -> dict[str, Any]:
        """Answer `navigator.credentials.get`."""
        if self.counter is not None:
            self.counter += 1
        client = self._client_data("webauthn.get", options["challenge"], forged)
        data = self._authenticator_data(0)
        response = {
            "clientDataJSON": b64url_encode(client),
            "authenticatorData": b64url_encode(data),
            "signature": b64url_encode(self._sign(data + hashlib.sha256(client).digest())),
            "userHandle": b64url_encode(self.user_handle if handle is None else handle),
        }
        return self._written(response, {})

    def _client_data(self, kind: str, challenge: str, forged: dict[str, Any]) -> bytes:
        client = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(client | forged).encode()

    def _authenticator_data(self, flags: int) -> bytes:
        for flag, wanted in (
            (_PRESENT, self.present),
            (_VERIFIED, self.verifies),
            (_CAN_BE_COPIED, self.synced),
            (_IS_COPIED, self.synced),
        ):
            flags |= flag if wanted else 0
        counter = (self.counter or 0).to_bytes(4, "big")
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + counter

    def _attested(self) -> bytes:
        numbers = self.private.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        length = len(self.credential_id).to_bytes(2, "big")
        return self.aaguid + length + self.credential_id + cbor2.dumps(public)

    def _statement(self, data: bytes, client: bytes) -> dict[str, Any]:
        """Packed self-attestation (section 8.2): the credential's own key vouches."""
        return {"alg": -7, "sig": self._sign(data + hashlib.sha256(client).digest())}

    def _sign(self, data: bytes) -> bytes:
        return self.private.sign(data, ec.ECDSA(hashes.SHA256()))

    def _written(self, response: dict[str, Any], extensions: dict[str, Any]) -> dict[str, Any]:
        name = b64url_encode(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "clientExtensionResults": extensions,
            "response": response,
        }
