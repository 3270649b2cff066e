"""The names of signing's keys in Redis."""

from typing import Final

KEY_SET_VERSION_KEY: Final = "rc:keys-version"
# How many tokens each kid signed, how many were verified with it, and the latest `exp` it may have signed.
KEY_ISSUED_KEY: Final = "rc:keys-issued"
KEY_VERIFIED_KEY: Final = "rc:keys-verified"
KEY_EXPIRIES_KEY: Final = "rc:keys-expiries"
