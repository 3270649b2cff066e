"""What is refused about people, their roles and their links."""

from accounts.errors.base import AccountsError


class PermissionDeniedError(AccountsError):
    """The actor has no grant for this."""

    code = "permission_denied"
    title = "You aren't allowed to do this."


class SetupLinkError(AccountsError):
    """The set-up link was used, has expired, or never existed."""

    code = "setup_link_invalid"
    title = "This set-up link can't be used any more."


class PersonRefusedError(AccountsError):
    """A person can't be created like this."""

    code = "person_refused"
    title = "The person can't be created like this."


class PersonStateError(AccountsError):
    """What should be done to a person doesn't fit the state in which they are."""

    code = "person_state"
    title = "This can't be done to this person now."


class TooFewLeftError(PersonStateError):
    """Without them too few would be left to manage people, or to keep keys."""

    code = "too_few_left"
    title = "Too few administrators or key custodians would be left."


class PersonLinkError(AccountsError):
    """A link of an invite or a reset was used, has expired, was revoked or replaced, or never existed."""

    code = "person_link_invalid"
    title = "This link can't be used any more."


class PasswordRefusedError(AccountsError):
    """The new password isn't acceptable."""

    code = "password_refused"
    title = "Choose another password."


class RoleRefusedError(AccountsError):
    """A role can't be given or taken like this."""

    code = "role_refused"
    title = "The role can't be changed like this."


class LastAdministratorError(RoleRefusedError):
    """Nobody would be left to manage people."""

    code = "last_administrator"
    title = "The console needs an administrator: give somebody else the role first."


class OwnAccessError(AccountsError):
    """Somebody changes what they themselves may do."""

    code = "own_access"
    title = "Nobody changes their own access; ask another administrator."


class GrantRefusedError(AccountsError):
    """A grant can't be made on these terms."""

    code = "grant_refused"
    title = "The grant can't be made like this."


class EngagementRefusedError(AccountsError):
    """An external auditor can't be engaged on these terms."""

    code = "engagement_refused"
    title = "The engagement can't be agreed on like this."


class RecoveryRefusedError(AccountsError):
    """Somebody can't be recovered like this."""

    code = "recovery_refused"
    title = "This person can't be recovered like this."
