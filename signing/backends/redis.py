"""The names of signing's keys in Redis."""

from typing import Final

KEY_SET_VERSION_KEY: Final = "rc:keys-version"
