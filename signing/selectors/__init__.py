"""Reading keys and what rests on them. Nothing sealed is opened here."""

from signing.selectors.keys import (
    active_key,
    active_release_kids,
    jwks_document,
    key_set_version,
    stored_public_key,
    verification_keys,
    verifying_rows,
)

__all__ = [
    "active_key",
    "active_release_kids",
    "jwks_document",
    "key_set_version",
    "stored_public_key",
    "verification_keys",
    "verifying_rows",
]
