"""What accounts refuses."""

from releaseconsole.kernel.errors import ConsoleError, NotFoundError


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


class SecurityKeyRequiredError(StepUpRefusedError):
    """Policy wants this person to confirm with a security key."""

    code = "security_key_required"
    title = (
        "Who operates signing keys confirms with a security key here: one that checks its holder, "
        "and whose key can't be copied. A code isn't enough."
    )


class StepUpNotHereError(StepUpRefusedError):
    """This session was opened with a recovery code, which might have been found."""

    code = "step_up_not_here"
    title = "A session that a recovery code opened confirms nothing. Sign in with your authenticator."


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


class BodyRefusedError(AccountsError):
    """A script's request isn't a JSON object, or is too large."""

    code = "body_refused"
    title = "The browser sent something that the console doesn't understand. Load the page again."


class StepUpRequiredError(AccountsError):
    """The operation wasn't confirmed by this person, here, just now; callers aren't told what is missing."""

    code = "step_up_required"
    title = "This needs to be confirmed with a fresh code from your authenticator app."


class OperationChangedError(AccountsError):
    """Between looking and confirming, the state moved."""

    code = "operation_changed"
    title = "What you confirmed isn't what would be done now; look at it again."


class ApprovalRequiredError(AccountsError):
    """By policy a second person has to agree to this; one confirmation alone isn't enough."""

    code = "approval_required"
    title = "This needs a second person: ask for an approval."


class ApprovalUnknownError(NotFoundError):
    """There's no such request."""

    code = "approval_unknown"
    title = "There is no such request."


class ApprovalStateError(AccountsError):
    """The request is decided or over."""

    code = "approval_state"
    title = "This request has been decided already, or is over."


class ApprovalPendingError(AccountsError):
    """Exactly this waits for a decision already."""

    code = "approval_pending"
    title = "Exactly this has been asked for already, and waits for a decision."


class SelfApprovalError(AccountsError):
    """Somebody would approve or review what they did themselves."""

    code = "self_approval"
    title = "Somebody else has to decide this."


class ApprovalFailedError(AccountsError):
    """The request was approved, but what it asks for couldn't be done; nothing was."""

    code = "approval_failed"
    title = "What was asked for couldn't be done. Nothing was changed."


class ApprovalOvertakenError(ApprovalFailedError):
    """What was asked for isn't what would be done by now; nothing was."""

    code = "approval_overtaken"
    title = "Things have moved since this was asked for. Nothing was changed; it has to be asked for anew."


class NotAnEmergencyError(AccountsError):
    """This can't be done by one person in an emergency."""

    code = "not_an_emergency"
    title = "This can wait for a second person: it's nothing that one person does in an emergency."


class ReasonMissingError(AccountsError):
    """Whoever decides has to be told why."""

    code = "reason_missing"
    title = "Say why."


class PolicyUnchangedError(AccountsError):
    """The policy is like this already."""

    code = "policy_unchanged"
    title = "The policy is like this already."


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


class RecoveryRefusedError(AccountsError):
    """Somebody can't be recovered like this."""

    code = "recovery_refused"
    title = "This person can't be recovered like this."


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


class PersonStateError(AccountsError):
    """What should be done to a person doesn't fit the state in which they are."""

    code = "person_state"
    title = "This can't be done to this person now."


class EnrolmentRefusedError(AccountsError):
    """Nobody enrols a first authenticator here: there is one, or there was."""

    code = "enrolment_refused"
    title = "An authenticator can't be set up here. An administrator can help."
