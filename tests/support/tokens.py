"""A release token that is right in every way, from which the tests spoil one thing at a time."""

from dataclasses import dataclass, replace
from typing import Any

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.kinds import TokenKind
from releaseconsole.kernel.jose.verification import Expected

NOW = 1_800_000_000
ISSUER = "https://updates.example.com"
APP_ID = "com.example.clinic"
DEVICE_ID = "3f0c2a4e-9a57-4c0e-9b1d-1f2e3d4c5b6a"
EXPECTED = Expected(issuer=ISSUER, audience=APP_ID, subject=DEVICE_ID)


@dataclass(frozen=True, slots=True)
class Release:
    release_id: int = 41
    release_seq: int = 7
    version: str = "2.4.1"
    bundle_sha256: str = "ab" * 32
    bundle_size: int = 1_234_567
    manifest_sha256: str = "cd" * 32
    native_min: str = ""
    native_max: str = ""


def install_claims(**changed: Any) -> dict[str, Any]:
    """Claims of an `install`; a change to `...` leaves the claim out."""
    claims = {
        "iss": ISSUER,
        "aud": APP_ID,
        "sub": DEVICE_ID,
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 900,
        "jti": "h2e9GCH31Q3OQgvqTNhKCA",
        "decision": "install",
        "decision_seq": 12,
        "channel": "production",
        "release_id": 41,
        "release_seq": 7,
        "version": "2.4.1",
        "bundle_sha256": "ab" * 32,
        "bundle_size": 1_234_567,
        "manifest_sha256": "cd" * 32,
    } | changed
    return {name: value for name, value in claims.items() if value is not ...}


def download_claims(**changed: Any) -> dict[str, Any]:
    """Claims of a download token, in the order in which the server writes them."""
    claims = {
        "iss": ISSUER,
        "aud": APP_ID,
        "sub": DEVICE_ID,
        "sha256": "ab" * 32,
        "iat": NOW,
        "exp": NOW + 900,
        "jti": "h2e9GCH31Q3OQgvqTNhKCA",
    } | changed
    return {name: value for name, value in claims.items() if value is not ...}


def every_algorithm(kind: TokenKind) -> TokenKind:
    """The same kind, if it could be signed with anything: the verifier's other walls then stand alone."""
    return replace(kind, algorithms=frozenset(Algorithm))
