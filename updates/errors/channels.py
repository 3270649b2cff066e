"""What is refused about channels."""

from updates.errors.base import ConflictError, UpdatesError


class ChannelFrozenError(UpdatesError):
    """Nothing goes live on the channel now."""

    code = "channel_frozen"
    title = "The channel is frozen: nothing goes live on it now."


class NotShutOffError(UpdatesError):
    """There is no shutoff to be lifted."""

    code = "not_shut_off"
    title = "Nothing is shut off here."


class SignOffsUnchangedError(UpdatesError):
    """The channel wants exactly these sign-offs already."""

    code = "sign_offs_unchanged"
    title = "The channel asks for exactly these sign-offs already."


class SignOffsWeakerError(UpdatesError):
    """It would be enough with fewer or other people, which takes two to decide."""

    code = "sign_offs_weaker"
    title = "This asks for fewer sign-offs than before in some respect, which takes a second person."


class SignOffsImpossibleError(UpdatesError):
    """Nobody could ever complete these sign-offs."""

    code = "sign_offs_impossible"
    title = (
        "There aren't as many people who could sign off here. Each counts once, and only who may sign off on "
        "this channel."
    )


class PublicUnsignedError(ConflictError):
    """Everybody would get what fewer people have signed than elsewhere."""

    code = "public_unsigned"
    title = "The channel can't become public: less is signed there than on another channel."
