"""Adding one batch's counts to the hourly rollups."""

from updates.domain.rollups import RollupKey, Rollups
from updates.domain.telemetry import at_utc, milliseconds_of
from updates.models import HourlyRollup


def rollups_add(rollups: Rollups) -> None:
    """Add the counts; safe as read and write, since the drain alone writes them (see drain.py)."""
    if not rollups:
        return
    known = _counts_read(rollups)
    HourlyRollup.objects.bulk_create(
        [
            HourlyRollup(
                app_id=key.app_id,
                hour=at_utc(key.hour_ms),
                channel_name=key.channel,
                version=key.version,
                action=key.action,
                count=known.get(key, 0) + count,
            )
            for key, count in rollups.items()
        ],
        update_conflicts=True,
        unique_fields=["app", "hour", "channel_name", "version", "action"],
        update_fields=["count"],
    )


def _counts_read(rollups: Rollups) -> dict[RollupKey, int]:
    rows = HourlyRollup.objects.filter(
        app__in={key.app_id for key in rollups},
        hour__in={at_utc(key.hour_ms) for key in rollups},
        version__in={key.version for key in rollups},
        action__in={key.action for key in rollups},
    )
    return {
        RollupKey(row.app_id, milliseconds_of(row.hour), row.channel_name, row.version, row.action): row.count
        for row in rows
    }
