"""Finding out whether a device holds the key that is registered for it, which decrypts and never signs.

A random text is encrypted to the key; whoever reads it out holds it (docs/adr/0020). Nobody is told what is
registered: without the key's own name (`kid`) there's no challenge, and whatever is wrong is one refusal.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from releaseconsole.kernel import randomness
from releaseconsole.kernel.jose.encryption import challenge_encrypt
from releaseconsole.kernel.jose.encryption_keys import recipient_key_import
from releaseconsole.redis_link import redis_client
from signing.backends.possession import PossessionChallenges
from signing.errors import PossessionRefusedError
from signing.models import RecipientKey
from signing.services.recipients import BY_DEVICE

CHALLENGE_TYP: Final = "device-challenge+jwe"
CHALLENGE_SECONDS: Final = 300
_CHALLENGE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Possession:
    """A key that somebody holds.

    Attributes:
        is_vouched: The app's back end said whose it is; else a device registered it by itself.
        registered_at: When.
    """

    is_vouched: bool
    registered_at: datetime


def possession_challenge(*, app_id: str, device_id: str, kid: str, about: bytes) -> str:
    """Draw a challenge for the holder of a device's key, as a compact JWE.

    Args:
        app_id: The app.
        device_id: The device.
        kid: The key's name, as the device says it.
        about: What shall be proved with it, in bytes: the answer is good for this and nothing else.

    Raises:
        PossessionRefusedError: This key isn't the device's.
        RecipientStoreError: Redis doesn't answer.
    """
    row = _registered(app_id, device_id, kid)
    challenge = randomness.token_urlsafe(_CHALLENGE_BYTES)
    PossessionChallenges(redis_client()).put(challenge, about=about, lifetime=CHALLENGE_SECONDS)
    return challenge_encrypt(challenge, typ=CHALLENGE_TYP, recipient=recipient_key_import(row.jwk))


def possession_prove(*, app_id: str, device_id: str, kid: str, about: bytes, opened: str) -> Possession:
    """Judge an opened challenge, and use it up.

    Args:
        app_id: The app.
        device_id: The device.
        kid: The key's name.
        about: What is to be proved with it; the same bytes as when the challenge was drawn.
        opened: What the device read.

    Raises:
        PossessionRefusedError: It was never drawn for this, was used or is over; or the key isn't the
            device's any more.
        RecipientStoreError: Redis doesn't answer.
    """
    if not PossessionChallenges(redis_client()).take(opened, about=about):
        raise PossessionRefusedError
    return _possession(_registered(app_id, device_id, kid))


def _registered(app_id: str, device_id: str, kid: str) -> RecipientKey:
    named = RecipientKey.objects.exclude(device_id="")
    row = named.filter(profile=app_id, device_id=device_id, kid=kid, removed_at=None).first()
    if row is None:
        raise PossessionRefusedError
    return row


def _possession(row: RecipientKey) -> Possession:
    return Possession(is_vouched=row.registered_by != BY_DEVICE, registered_at=row.registered_at)
