"""Signatures of Standard Webhooks (standardwebhooks.com, symmetric `v1`): an HMAC over id, time and body.

Written here rather than taken from a package: it's one line of HMAC, and the package's other half, verifying,
is the receiver's. The specification's own example is a test.
"""

import base64
import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

SECRET_BYTES: Final = 32
_PREFIX: Final = "whsec_"


def secret_spell(secret: bytes) -> str:
    """Write a secret as receivers' libraries take it."""
    return _PREFIX + base64.b64encode(secret).decode("ascii")


def signatures(secrets: Iterable[bytes], *, message_id: str, timestamp: int, body: str) -> str:
    """Sign a message with each of the secrets; gives the value of `webhook-signature`.

    Id and time are signed with the body, so that a receiver knows an old message, and one that it had.
    """
    signed = f"{message_id}.{timestamp}.{body}".encode()
    made = (base64.b64encode(hmac.new(secret, signed, sha256).digest()).decode("ascii") for secret in secrets)
    return " ".join(f"v1,{signature}" for signature in made)
