"""Keys in words: what people read where the code has names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.lifecycle import KeyPurpose, KeyState

PURPOSE_TITLES: Final[Mapping[KeyPurpose, str]] = {
    KeyPurpose.RELEASE_TOKEN: "Release tokens",
    KeyPurpose.BACKEND_TOKEN: "Back-end tokens",
    KeyPurpose.DOWNLOAD_TOKEN: "Download tokens",
    KeyPurpose.TRUST: "Trust bundle",
    KeyPurpose.ROOT: "Root",
    KeyPurpose.CHECKPOINT: "Audit log checkpoints",
}

PURPOSE_WORDS: Final[Mapping[KeyPurpose, str]] = {
    KeyPurpose.RELEASE_TOKEN: "Signs what each device is told to run. Devices verify it.",
    KeyPurpose.BACKEND_TOKEN: "Signs tokens for the app's own back end, which verifies them.",
    KeyPurpose.DOWNLOAD_TOKEN: "Signs the right of one device to fetch a bundle. Verified here only.",
    KeyPurpose.TRUST: "Signs the list of keys that devices may trust, every day anew.",
    KeyPurpose.ROOT: "Pinned in the app. Signs, once a year, which keys may sign the trust bundle.",
    KeyPurpose.CHECKPOINT: "Signs how long the audit log is and what it holds. Auditors verify it, for ever.",
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

# What may be wrong with a chain of trust, by the codes of `signing.selectors.trust`; whether devices get an
# answer all the same is said beside it.
TRUST_WORDS: Final[Mapping[str, str]] = {
    "root_missing": "There is no root yet.",
    "root_replaced": "The root before was revoked, and no rotation leads to this one: apps need a build that "
    "pins it, and until then they install nothing.",
    "delegation_missing": "The root hasn't signed a delegation yet.",
    "delegation_void": "The delegation is void: its root was revoked.",
    "delegation_expired": "The delegation has ended: the root has to sign another one.",
    "trust_missing": "No trust bundle is signed yet.",
    "trust_void": "The trust bundle is void: its signer, or a key that it calls good, was withdrawn.",
    "trust_expired": "The trust bundle has ended and wasn't signed anew.",
    "trust_signer_not_delegated": "The trust bundle is signed by a key that no delegation names.",
    "trust_key_not_delegated": "The current trust key waits for a delegation that names it.",
    "standby_revoked": "A revoked trust key outranks the current one until the root signs anew.",
    "standby_missing": "There is no standby trust key: another emergency would need the root.",
}

# How much of a `kid` tells keys apart at a glance, and has to be typed where something can't be undone.
KID_SHOWN: Final = 8


def kid_short(kid: str) -> str:
    """Write a `kid` as pages do."""
    return f"{kid[:KID_SHOWN]}…" if kid else "no kid yet"


@dataclass(frozen=True, slots=True)
class AlgorithmWords:
    """What an algorithm costs.

    Attributes:
        signatures: A second, on one core, with a local key (measured; `make bench` does it on your machine).
        token_bytes: A release token without claims of the app's own.
        support: Where it is known.
    """

    signatures: int
    token_bytes: int
    support: str


# The order in which to consider them. None of them is an HMAC: whoever can verify one can forge it.
DEVICE_ALGORITHMS: Final[Mapping[Algorithm, AlgorithmWords]] = {
    Algorithm.ES256: AlgorithmWords(56_000, 573, "everywhere, in Secure Enclave and Android Keystore too"),
    Algorithm.ED25519: AlgorithmWords(47_000, 575, "newer libraries only; no classic HSM"),
    Algorithm.ES384: AlgorithmWords(6_400, 615, "nearly everywhere; where a policy asks for P-384"),
    Algorithm.RS256: AlgorithmWords(1_600, 999, "everywhere, also in old libraries; 3072 bits"),
    Algorithm.PS256: AlgorithmWords(1_500, 999, "most libraries; 3072 bits"),
}
