"""What is refused to who signs in, or confirms an operation."""

from accounts.errors.base import AccountsError


class SessionOverError(AccountsError):
    """The session isn't good any more: ended, or past a limit of its role."""

    code = "session_over"
    title = "Your session has ended. Sign in again."


class ProofRefusedError(AccountsError):
    """Address and password didn't match, or the person may not sign in; callers aren't told which."""

    code = "sign_in_refused"
    title = "E-mail or password didn't match."


class CodeRefusedError(AccountsError):
    """A code doesn't prove that the authenticator was set up."""

    code = "code_refused"
    title = "The code didn't match. Check that the phone's clock is right, and enter its newest code."


class SecondFactorRefusedError(AccountsError):
    """After the right password, what should have been the second factor wasn't."""

    code = "second_factor_refused"
    title = "The code didn't match. Wait for the next one of your authenticator app, and enter that."


class EnrolmentRefusedError(AccountsError):
    """Nobody enrols a first authenticator here: there is one, or there was."""

    code = "enrolment_refused"
    title = "An authenticator can't be set up here. An administrator can help."


class ThrottledError(AccountsError):
    """Too many attempts failed; this one wasn't looked at, right or wrong."""

    code = "sign_in_throttled"
    title = "Too many attempts failed. Wait a little before the next one."


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


class StepUpRequiredError(AccountsError):
    """The operation wasn't confirmed by this person, here, just now; callers aren't told what is missing."""

    code = "step_up_required"
    title = "This needs to be confirmed with a fresh code from your authenticator app."


class OperationChangedError(AccountsError):
    """Between looking and confirming, the state moved."""

    code = "operation_changed"
    title = "What you confirmed isn't what would be done now; look at it again."


class BodyRefusedError(AccountsError):
    """A script's request isn't a JSON object, or is too large."""

    code = "body_refused"
    title = "The browser sent something that the console doesn't understand. Load the page again."
