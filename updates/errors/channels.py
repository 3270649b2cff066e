"""What is refused about channels."""

from updates.errors.base import UpdatesError


class ChannelFrozenError(UpdatesError):
    """Nothing goes live on the channel now."""

    code = "channel_frozen"
    title = "The channel is frozen: nothing goes live on it now."
