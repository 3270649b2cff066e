"""When a release fails too often: with statistical confidence, not by a single unlucky device."""

from math import sqrt
from typing import Final

from updates.domain.rollout import BASIS_POINTS

# One-sided 97.5 %: of releases that are just good enough, one look in forty would stop one.
_Z: Final = 1.959964


def failure_rate_at_least(failed: int, reported: int) -> float:
    """Return the lower bound of the true failure rate (Wilson's score interval): it's hardly less.

    Args:
        failed: Devices on which it failed.
        reported: All devices that reported how it went.
    """
    if not failed:
        return 0.0  # exactly: what rounding leaves of it would be above what was seen
    rate, squared = failed / reported, _Z * _Z
    middle = rate + squared / (2 * reported)
    spread = _Z * sqrt(rate * (1 - rate) / reported + squared / (4 * reported * reported))
    return max(0.0, (middle - spread) / (1 + squared / reported))


def guard_trips(*, failed: int, reported: int, limit_bps: int, min_devices: int) -> bool:
    """Tell whether a release fails too often to go on by itself.

    Args:
        failed: Devices on which it failed.
        reported: All devices that reported how it went.
        limit_bps: The failure rate that is too high, in basis points.
        min_devices: Fewer reports than these say nothing.
    """
    if reported < min_devices:
        return False
    return failure_rate_at_least(failed, reported) * BASIS_POINTS > limit_bps
