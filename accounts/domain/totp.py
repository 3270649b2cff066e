"""How a TOTP seed is handed to an authenticator app (RFC 6238, and the key URI that all of them read)."""

import base64
from typing import Final
from urllib.parse import quote, urlencode

SEED_BYTES: Final = 20  # 160 bits, as RFC 4226 section 4 recommends
PERIOD_SECONDS: Final = 30
DIGITS: Final = 6


def seed_text(seed: bytes) -> str:
    """Spell a seed in base32, as people type it in."""
    return base64.b32encode(seed).decode("ascii").rstrip("=")


def seed_uri(seed: bytes, *, email: str, issuer: str) -> str:
    """Write the `otpauth:` URI that a QR code carries."""
    query = urlencode(
        {
            "secret": seed_text(seed),
            "issuer": issuer,
            "algorithm": "SHA1",
            "digits": DIGITS,
            "period": PERIOD_SECONDS,
        },
        quote_via=quote,
    )
    return f"otpauth://totp/{quote(issuer)}:{quote(email)}?{query}"
