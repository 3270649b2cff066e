"""What keeps a release from going live until people have looked at it, and whose word doesn't count."""

from updates.errors.base import UpdatesError


class ChecksUnansweredError(UpdatesError):
    """A check found something, and nobody has said why it's fine."""

    code = "checks_unanswered"
    title = "A check found something. Say why it's fine, or publish another bundle."


class SignOffMissingError(UpdatesError):
    """Not everybody whose word is needed has given it."""

    code = "sign_off_missing"
    title = "Sign-offs are missing."


class SelfSignOffError(UpdatesError):
    """Who made the release, or changed it, can't sign it off."""

    code = "self_sign_off"
    title = "Nobody signs off a release that they made or changed themselves."


class AlreadySignedError(UpdatesError):
    """One word each, for each revision."""

    code = "already_signed"
    title = "You have signed off this release already."


class SignOffRoleError(UpdatesError):
    """Their word counts for none of the roles whose sign-off is missing."""

    code = "sign_off_role"
    title = "No sign-off is missing that you could give in this role."


class ChecklistNotAttestedError(UpdatesError):
    """An approval attests the stores' rules as well."""

    code = "checklist_not_attested"
    title = "Confirm that the release keeps the stores' rules, or reject it."


class CommentMissingError(UpdatesError):
    """Whoever has to change it needs to know what."""

    code = "comment_missing"
    title = "Say what is wrong with it."
