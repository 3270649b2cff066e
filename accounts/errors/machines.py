"""What is refused to machines, and about their tokens."""

from accounts.errors.base import AccountsError


class APITokenError(AccountsError):
    """The API token is unknown, expired or revoked; callers aren't told which."""

    code = "api_token_invalid"
    title = "The API token isn't valid."


class APITokenTermsError(AccountsError):
    """An API token can't be issued on these terms."""

    code = "api_token_terms"
    title = "An API token can't be issued on these terms."


class AddressRefusedError(AccountsError):
    """An address that the console doesn't connect to, whoever chose it.

    Attributes:
        reason: Why, in words that fit after "it is", or a sentence about its host.
    """

    code = "address_refused"
    title = "The console doesn't connect to this address."

    def __init__(self, reason: str) -> None:
        super().__init__(f"The console doesn't connect to this address: {reason}.")
        self.reason = reason


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
