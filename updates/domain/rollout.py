"""A device's place in a rollout: a hash, never a draw, so it's sticky and needs no storage."""

import hashlib
from typing import Final

BASIS_POINTS: Final = 10_000


def rollout_place(*, salt: str, device_id: str) -> int:
    """Return the device's place, 0 to 9,999, in rollouts with this salt.

    64 bits of SHA-256 make the modulo's bias (2e-15) immaterial. The separator keeps salt and id apart.
    """
    digest = hashlib.sha256(f"{salt}:{device_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % BASIS_POINTS


def rollout_includes(*, rollout_bps: int, salt: str, device_id: str) -> bool:
    """Tell whether a rollout of `rollout_bps` basis points includes the device.

    Monotonic: who is included at one share is included at every greater one.
    """
    if rollout_bps >= BASIS_POINTS:
        return True
    return rollout_place(salt=salt, device_id=device_id) < rollout_bps
