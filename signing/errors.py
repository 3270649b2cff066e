"""What signing refuses."""

from releaseconsole.kernel.errors import ConsoleError, NotFoundError
from releaseconsole.kernel.jose.errors import KeyRefusedError, TokenExpiredError, TokenRefusedError

__all__ = [
    "CeremonyOutdatedError",
    "CeremonyRefusedError",
    "ClaimNameError",
    "ClaimUnknownError",
    "ClaimValueError",
    "ConsentRequiredError",
    "EncryptionRequiredError",
    "KeyNotFoundError",
    "KeyRefusedError",
    "KeyStateError",
    "KeyUnavailableError",
    "PHIConditionsError",
    "PHIEncryptionRequiredError",
    "PHITokenInClearError",
    "PossessionRefusedError",
    "RecipientConflictError",
    "RecipientStoreError",
    "RecipientUnknownError",
    "RegistrationClosedError",
    "ReplayStoreError",
    "SigningError",
    "TokenExpiredError",
    "TokenRefusedError",
    "TokenReplayedError",
]


class SigningError(ConsoleError):
    """Something about keys or tokens was refused."""

    code = "signing_refused"


class KeyNotFoundError(SigningError, NotFoundError):
    """There is no such key."""

    code = NotFoundError.code
    title = "There is no such key."


class KeyUnavailableError(SigningError):
    """No key can sign this now; nothing unsigned is ever served instead."""

    code = "key_unavailable"
    title = "No signing key is available."


class KeyStateError(SigningError):
    """The key isn't in a state in which this can be done."""

    code = "key_state"
    title = "The key isn't in a state that allows this."


class ClaimNameError(SigningError):
    """No custom claim can be called this."""

    code = "claim_name"
    title = "A claim can't have this name."


class ClaimUnknownError(SigningError):
    """The app's token profile doesn't define this claim."""

    code = "claim_unknown"
    title = "The app's token profile doesn't define one of the claims."


class ClaimValueError(SigningError):
    """The claim doesn't take this value, or there are too many claims; the value is never repeated."""

    code = "claim_value"
    title = "A claim doesn't take this value."


class ConsentRequiredError(SigningError):
    """A personal claim was passed without saying that the person consented."""

    code = "consent_required"
    title = "A personal claim needs the person's consent."


class EncryptionRequiredError(SigningError):
    """A claim may travel to this reader in an encrypted token only."""

    code = "encryption_required"
    title = "A claim may travel in an encrypted token only."


class PHIEncryptionRequiredError(EncryptionRequiredError):
    """The token carries health information, or what may be, and wouldn't be encrypted."""

    code = "phi_needs_encryption"
    title = "Health information travels in encrypted tokens only."


class PHITokenInClearError(SigningError):
    """A token in clear was sent here for an app that handles PHI; nothing of it is read or kept."""

    code = "phi_token_in_clear"
    title = "Tokens of an app with health information aren't sent here. Verify them with the public keys."


class PHIConditionsError(SigningError):
    """Something is missing that an app with PHI needs, so the flag isn't set."""

    code = "phi_conditions"
    title = "This console can't protect health information yet."


class RecipientUnknownError(SigningError):
    """The token would have to be encrypted to a key that nobody registered."""

    code = "recipient_unknown"
    title = "No encryption key is registered for this reader. Register one first."


class RecipientConflictError(SigningError):
    """Another key is registered. The back end replaces a device's; a custodian removes the back end's."""

    code = "recipient_conflict"
    title = "Another encryption key is registered. A back end's is removed on the app's page of keys."


class RegistrationClosedError(SigningError):
    """Devices of this app don't register keys themselves; or there's no such app."""

    code = "registration_closed"
    title = "Devices of this app can't register keys themselves."


class RecipientStoreError(SigningError):
    """Redis, which holds devices' encryption keys, doesn't answer: nothing is sent in clear instead."""

    code = "recipient_store_unavailable"
    title = "Encryption keys can't be looked up at the moment."


class PossessionRefusedError(SigningError):
    """Nobody proved that they hold a device's registered key; what was wrong isn't told."""

    code = "device_proof_refused"
    title = "It isn't proved that this device holds its registered key."


class ReplayStoreError(SigningError):
    """Redis, which remembers used tokens, doesn't answer: so no token counts as unused."""

    code = "replay_store_unavailable"
    title = "Whether the token was used before can't be found out at the moment."


class TokenReplayedError(TokenRefusedError):
    """Everything about the token is right, but it was used before."""

    code = "token_replayed"
    title = "The token was used before."


class CeremonyRefusedError(SigningError):
    """What came back from an offline root's machine isn't what it should be."""

    code = "ceremony_refused"
    title = "The signed file can't be imported."


class CeremonyOutdatedError(CeremonyRefusedError):
    """It is signed well, but what should be signed by now is something else."""

    code = "ceremony_outdated"
    title = "The signed file isn't what is asked for any more."
