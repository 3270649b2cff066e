"""Spreading the downloads of a release over time, without storing who was let in when."""

from updates.domain.rollout import BASIS_POINTS


def effective_bps(*, rollout_bps: int, spread_minutes: int, live_epoch: int, now_epoch: int) -> int:
    """Return the share of devices that are offered a release by now.

    It grows linearly from going live until the rollout's share is reached after `spread_minutes`. A device's
    place is fixed, so who is let in stays in, however often the share is computed and wherever.
    """
    length = spread_minutes * 60
    elapsed = max(0, now_epoch - live_epoch)
    if elapsed >= length:
        return rollout_bps
    return rollout_bps * elapsed // length


def bytes_per_second(*, devices: int, bundle_size: int, rollout_bps: int, spread_minutes: int) -> int:
    """Estimate the traffic while a release spreads, if every device in the rollout asks in that time.

    Without spreading that is anybody's guess: devices ask when they are opened. 0 says so.
    """
    if not spread_minutes:
        return 0
    return devices * rollout_bps // BASIS_POINTS * bundle_size // (spread_minutes * 60)
