"""Row locks of this floor, always in the order app, channel, so that no two services can deadlock.

On SQLite every transaction is IMMEDIATE and holds the only write lock, so nothing more is needed there.
NO KEY UPDATE lets telemetry go on inserting rows that point to the app.
"""

from updates.models import App, Channel


def app_lock(app_id: str) -> App:
    """Lock an app for the rest of the transaction and read it afresh."""
    return App.objects.select_for_update(no_key=True).get(pk=app_id)


def channel_lock(channel: Channel) -> Channel:
    """Lock a channel and its app for the rest of the transaction and read both afresh."""
    app = app_lock(channel.app_id)
    locked = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    locked.app = app
    return locked
