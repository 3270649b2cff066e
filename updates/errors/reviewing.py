"""What keeps a release from going live until people have looked at it."""

from updates.errors.base import UpdatesError


class ChecksUnansweredError(UpdatesError):
    """A check found something, and nobody has said why it's fine."""

    code = "checks_unanswered"
    title = "A check found something. Say why it's fine, or publish another bundle."


class SignOffMissingError(UpdatesError):
    """Not everybody whose word is needed has given it."""

    code = "sign_off_missing"
    title = "Sign-offs are missing."
