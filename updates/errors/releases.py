"""What is refused about releases."""

from updates.errors.base import UpdatesError


class ReleaseStateError(UpdatesError):
    """The release isn't in a state in which this can be done."""

    code = "release_state"
    title = "The release isn't in a state that allows this."


class NothingToRollBackError(UpdatesError):
    """No release is live on the channel."""

    code = "nothing_to_roll_back"
    title = "No release is live on this channel."


class BundleGoneError(UpdatesError):
    """The bundle was withdrawn, or its file removed: it can't be served any more."""

    code = "bundle_gone"
    title = "This bundle can't be served any more."
