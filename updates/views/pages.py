"""What pages of this floor share beside `accounts.views.pages`: finding what an address names."""

from updates.models import Channel
from updates.selectors.apps import app_get, channel_get


def channel_find(app_id: str, name: str) -> Channel:
    """Find the channel that an address names.

    Raises:
        NotFoundError: There is no such app or channel.
    """
    return channel_get(app=app_get(app_id=app_id), name=name)
