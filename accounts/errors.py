"""What accounts refuses."""

from releaseconsole.kernel.errors import ConsoleError


class AccountsError(ConsoleError):
    """Something about people or their access was refused."""

    code = "accounts_refused"


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
    """Password or one-time code didn't match; callers aren't told which."""

    code = "sign_in_refused"
    title = "E-mail, password or code didn't match."


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


class IssuerUnavailableError(AccountsError):
    """An issuer's documents can't be had, or aren't what they should be.

    Attributes:
        reason: Why, for the log; callers aren't told, for it speaks of the network that the console is in.
    """

    code = "issuer_unavailable"
    title = "Tokens of this issuer can't be verified now; try again in a minute."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class PublisherTermsError(AccountsError):
    """A trusted publisher can't be registered on these terms."""

    code = "publisher_terms"
    title = "A publisher can't be registered on these terms."


class PublisherRefusedError(AccountsError):
    """A CI's token isn't exchanged; callers aren't told why.

    Attributes:
        reason: Why, for the audit log; names claims, and never holds their values.
    """

    code = "publisher_refused"
    title = "No publisher of an app here matches this token."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason
