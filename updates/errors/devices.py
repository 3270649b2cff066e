"""What is refused about single devices."""

from updates.errors.base import UpdatesError


class NothingToAllowError(UpdatesError):
    """No device is kept from the version."""

    code = "nothing_to_allow"
    title = "No device is kept from this version any more."


class NotForcedError(UpdatesError):
    """The device isn't forced to anything."""

    code = "not_forced"
    title = "This device isn't forced to anything any more."
