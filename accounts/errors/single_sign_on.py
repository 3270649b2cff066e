"""What goes wrong with an identity provider."""

from accounts.errors.base import AccountsError


class ProviderError(AccountsError):
    """Something between the console and the identity provider went wrong; people hear little.

    Attributes:
        reason: What it was, for the log.
    """

    code = "provider_error"

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.reason = reason or self.code


class SingleSignOnError(ProviderError):
    """What the identity provider sent, or somebody in its name, doesn't count here."""

    code = "single_sign_on_refused"
    title = "You couldn't be signed in this way. Try again from the sign-in page."


class GrantWithdrawnError(SingleSignOnError):
    """The provider was asked, and doesn't stand by a person or a code (any more)."""

    code = "grant_withdrawn"


class ProviderUnavailableError(ProviderError):
    """The identity provider doesn't answer, or not as it must; it says nothing about the person."""

    code = "provider_unavailable"
    title = "The identity provider can't be reached just now. Try again later."


class IdentityUnknownError(AccountsError):
    """The provider vouches for somebody whom no person here is linked to."""

    code = "identity_unknown"
    title = "No account here belongs to that one. An administrator of this console can help."


class IdentityTakenError(AccountsError):
    """A link to the provider can't be made: one of both ends has one already."""

    code = "identity_taken"
    title = "This account at the provider, or this person, is linked already."


class IdentityKeptError(AccountsError):
    """A link to the provider can't be removed: it's the person's only way in."""

    code = "identity_kept"
    title = "Set a password and a second factor of your own first; this is your only way in."
