"""What accounts refuses."""

from releaseconsole.kernel.errors import ConsoleError


class AccountsError(ConsoleError):
    """Something about people or their access was refused."""

    code = "accounts_refused"


class SessionOverError(AccountsError):
    """The session isn't good any more: ended, or past a limit of its role."""

    code = "session_over"
    title = "Your session has ended. Sign in again."


class PermissionDeniedError(AccountsError):
    """The actor has no grant for this."""

    code = "permission_denied"
    title = "You aren't allowed to do this."


class SetupLinkError(AccountsError):
    """The set-up link was used, has expired, or never existed."""

    code = "setup_link_invalid"
    title = "This set-up link can't be used any more."


class APITokenError(AccountsError):
    """The API token is unknown, expired or revoked; callers aren't told which."""

    code = "api_token_invalid"
    title = "The API token isn't valid."


class ProofRefusedError(AccountsError):
    """Address and password didn't match, or the person may not sign in; callers aren't told which."""

    code = "sign_in_refused"
    title = "E-mail or password didn't match."


class APITokenTermsError(AccountsError):
    """An API token can't be issued on these terms."""

    code = "api_token_terms"
    title = "An API token can't be issued on these terms."


class PersonRefusedError(AccountsError):
    """A person can't be created like this."""

    code = "person_refused"
    title = "The person can't be created like this."


class CodeRefusedError(AccountsError):
    """A code doesn't prove that the authenticator was set up."""

    code = "code_refused"
    title = "The code didn't match. Check that the phone's clock is right, and enter its newest code."


class StepUpRefusedError(AccountsError):
    """A fresh code didn't confirm the operation: wrong, used before, or its authenticator is throttled."""

    code = "step_up_refused"
    title = "The code didn't match. Wait for the next one of your authenticator app, and enter that."


class StepUpRequiredError(AccountsError):
    """The operation wasn't confirmed by this person, here, just now; callers aren't told what is missing."""

    code = "step_up_required"
    title = "This needs to be confirmed with a fresh code from your authenticator app."


class OperationChangedError(AccountsError):
    """Between looking and confirming, the state moved."""

    code = "operation_changed"
    title = "What you confirmed isn't what would be done now; look at it again."


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


class IssuerUnavailableError(AccountsError):
    """An issuer's documents can't be had, or aren't what they should be.

    Attributes:
        reason: Why, for the log; callers aren't told, for it speaks of the network that the console is in.
    """

    code = "issuer_unavailable"
    title = "The issuer's keys can't be fetched now; try again in a minute."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class ThrottledError(AccountsError):
    """Too many attempts failed; this one wasn't looked at, right or wrong."""

    code = "sign_in_throttled"
    title = "Too many attempts failed. Wait a little before the next one."


class SecondFactorRefusedError(AccountsError):
    """After the right password, what should have been the second factor wasn't."""

    code = "second_factor_refused"
    title = "The code didn't match. Wait for the next one of your authenticator app, and enter that."


class PersonLinkError(AccountsError):
    """A link of an invite or a reset was used, has expired, was revoked or replaced, or never existed."""

    code = "person_link_invalid"
    title = "This link can't be used any more."


class PasswordRefusedError(AccountsError):
    """The new password isn't acceptable."""

    code = "password_refused"
    title = "Choose another password."


class ReauthenticationError(AccountsError):
    """Password and second factor didn't both prove the person anew; callers aren't told which."""

    code = "reauthentication_refused"
    title = "Password or code didn't match."


class PersonStateError(AccountsError):
    """What should be done to a person doesn't fit the state in which they are."""

    code = "person_state"
    title = "This can't be done to this person now."


class EnrolmentRefusedError(AccountsError):
    """Nobody enrols a first authenticator here: there is one, or there was."""

    code = "enrolment_refused"
    title = "An authenticator can't be set up here. An administrator can help."
