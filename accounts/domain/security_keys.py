"""Security keys and passkeys (WebAuthn Level 3): what the console asks of one, and what an assertion signs.

The cryptography is the library's (`accounts.services.security_key_ceremony`); here are the rules about what
it found.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from accounts.errors import SecurityKeyModelError, SecurityKeySyncedError, SecurityKeyUnverifiedError

CHALLENGE_BYTES: Final = 32
CHALLENGE_LIFETIME: Final = timedelta(minutes=5)
LONGEST_NAME: Final = 64
LONGEST_CREDENTIAL_ID: Final = 1023  # WebAuthn Level 3, section 4


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a browser brought back, and the challenge that the server had given it; nothing of it is checked.

    Attributes:
        nonce: The server's random bytes, as its session kept them. To sign in they are the challenge itself.
        data: The credential as JSON (`PublicKeyCredential.toJSON`).
    """

    nonce: bytes
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """What a new key said of itself.

    Attributes:
        user_verified: It checked a PIN or a finger.
        backup_eligible: Its private key can be copied to other devices (a synced passkey).
        attested: Its maker vouches for its model; without that the AAGUID is only a claim.
        aaguid: Its model.
    """

    user_verified: bool
    backup_eligible: bool
    attested: bool
    aaguid: str


def registration_check(key: RegisteredKey, *, custodian: bool, aaguids: Collection[str]) -> None:
    """Refuse a key that isn't fit for its owner: who operates signing keys needs more than others.

    Args:
        key: What it said.
        custodian: Whether its owner may operate signing keys.
        aaguids: Models that custodians may use; empty is any.

    Raises:
        SecurityKeyUnverifiedError: It didn't check who holds it.
        SecurityKeySyncedError: Its private key isn't bound to one device.
        SecurityKeyModelError: It's of another model, or nobody vouches for which it is.
    """
    if not custodian:
        return
    if not key.user_verified:
        raise SecurityKeyUnverifiedError
    if key.backup_eligible:
        raise SecurityKeySyncedError
    if aaguids and not (key.attested and key.aaguid in aaguids):
        raise SecurityKeyModelError


def operation_challenge(nonce: bytes, digest: str) -> bytes:
    """Build the challenge that confirms one operation: its digest stands in what the key signs.

    Args:
        nonce: Fresh random bytes of fixed length, so that no two challenges are one.
        digest: Of the operation, in hex, as the server computes it.
    """
    return nonce + bytes.fromhex(digest)


def counter_went_back(*, last: int, shown: int) -> bool:
    """Whether two keys seem to use one credential (Level 3, section 6.1.1); who never counts stays at 0."""
    return (last > 0 or shown > 0) and shown <= last
