"""What is refused about authenticators."""

from accounts.errors.base import AccountsError


class SecurityKeyRefusedError(AccountsError):
    """An assertion or registration doesn't hold; callers aren't told why."""

    code = "security_key_refused"
    title = "The security key wasn't accepted. Try again, or take another way."


class SecurityKeyUnverifiedError(AccountsError):
    """A custodian's key didn't check who holds it."""

    code = "security_key_unverified"
    title = "This key doesn't check who holds it. Set a PIN or a fingerprint on it, or use another one."


class SecurityKeySyncedError(AccountsError):
    """A custodian's key can be copied to other devices."""

    code = "security_key_synced"
    title = (
        "This passkey is kept in sync between devices. "
        "Who operates signing keys needs a key that can't be copied."
    )


class SecurityKeyModelError(AccountsError):
    """A custodian's key isn't of a model that this console takes, or can't show that it is."""

    code = "security_key_model"
    title = "This console doesn't take security keys of this model from who operates signing keys."


class SecurityKeyTakenError(AccountsError):
    """A credential was registered before."""

    code = "security_key_taken"
    title = "This security key is registered already."


class SecurityKeyNameError(AccountsError):
    """A security key needs a name that its owner tells it by."""

    code = "security_key_name"
    title = "Give the security key a name of at most 64 characters."


class AuthenticatorRecordError(AccountsError):
    """The record of authenticators is only added to."""

    code = "authenticator_record"
    title = "The record of authenticators is never taken from."


class RecoveryCodeRefusedError(AccountsError):
    """A recovery code is wrong, used, replaced or throttled; callers aren't told which."""

    code = "recovery_code_refused"
    title = "This recovery code can't be used. Each works once, and only those of the newest set."


class AuthenticatorRefusedError(AccountsError):
    """An authenticator can't be added, renamed or removed like this."""

    code = "authenticator_refused"
    title = "This can't be done to this authenticator."
