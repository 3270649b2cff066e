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
from signing.selectors.profiles import (
    backend_recipient,
    device_profiles,
    profile_get,
    profile_rules,
    recipients_of,
)

__all__ = [
    "active_key",
    "active_release_kids",
    "backend_recipient",
    "device_profiles",
    "jwks_document",
    "key_set_version",
    "profile_get",
    "profile_rules",
    "recipients_of",
    "stored_public_key",
    "verification_keys",
    "verifying_rows",
]
