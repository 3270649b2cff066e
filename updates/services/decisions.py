"""Announcing that a channel serves something else."""

from updates.models import Channel
from updates.services.decision_table import decision_table_touch


def channel_served_changed(channel: Channel) -> None:
    """Raise the `decision_seq` of a locked channel, save it, and make every web process look again.

    Called last before the audit record: the table's version is one row for the whole console, so the
    shorter it is locked the better.
    """
    channel.decision_seq += 1
    channel.save()
    decision_table_touch()
