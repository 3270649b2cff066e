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
    phi_app_ids,
    phi_device_encrypts,
    profile_get,
    profile_rules,
    recipients_of,
)
from signing.selectors.recipients import apps_encrypting_to
from signing.selectors.trust import TrustBody, TrustStanding, delegated_kids, trust_bodies, trust_standing

__all__ = [
    "TrustBody",
    "TrustStanding",
    "active_key",
    "active_release_kids",
    "apps_encrypting_to",
    "backend_recipient",
    "delegated_kids",
    "device_profiles",
    "jwks_document",
    "key_set_version",
    "phi_app_ids",
    "phi_device_encrypts",
    "profile_get",
    "profile_rules",
    "recipients_of",
    "stored_public_key",
    "trust_bodies",
    "trust_standing",
    "verification_keys",
    "verifying_rows",
]
