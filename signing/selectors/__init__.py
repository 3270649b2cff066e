"""Reading keys and what rests on them. Nothing sealed is opened here."""

from signing.selectors.keys import (
    active_key,
    active_release_kids,
    jwks_document,
    stored_public_key,
    verification_keys,
)

__all__ = [
    "active_key",
    "active_release_kids",
    "jwks_document",
    "stored_public_key",
    "verification_keys",
]
