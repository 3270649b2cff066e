"""Keys in words: what people read where the code has names."""

from collections.abc import Mapping
from typing import Final

from signing.domain.lifecycle import KeyPurpose, KeyState

PURPOSE_TITLES: Final[Mapping[KeyPurpose, str]] = {
    KeyPurpose.RELEASE_TOKEN: "Release tokens",
    KeyPurpose.BACKEND_TOKEN: "Back-end tokens",
    KeyPurpose.DOWNLOAD_TOKEN: "Download tokens",
    KeyPurpose.TRUST: "Trust bundle",
    KeyPurpose.ROOT: "Root",
}

PURPOSE_WORDS: Final[Mapping[KeyPurpose, str]] = {
    KeyPurpose.RELEASE_TOKEN: "Signs what each device is told to run. Devices verify it.",
    KeyPurpose.BACKEND_TOKEN: "Signs tokens for the app's own back end, which verifies them.",
    KeyPurpose.DOWNLOAD_TOKEN: "Signs the right of one device to fetch a bundle. Verified here only.",
    KeyPurpose.TRUST: "Signs the list of keys that devices may trust, every day anew.",
    KeyPurpose.ROOT: "Pinned in the app. Signs, once a year, which keys may sign the trust bundle.",
}

STATE_WORDS: Final[Mapping[KeyState, str]] = {
    KeyState.GENERATING: "being made",
    KeyState.PREPUBLISHED: "next",
    KeyState.ACTIVE: "signs",
    KeyState.VERIFY_ONLY: "verifies",
    KeyState.RETIRED: "retired",
    KeyState.SUSPENDED: "suspended",
    KeyState.COMPROMISED: "revoked",
    KeyState.DESTROYED: "destroyed",
}

# How much of a `kid` tells keys apart at a glance, and has to be typed where something can't be undone.
KID_SHOWN: Final = 8


def kid_short(kid: str) -> str:
    """Write a `kid` as pages do."""
    return f"{kid[:KID_SHOWN]}…" if kid else "no kid yet"
