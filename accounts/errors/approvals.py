"""What is refused where two people decide."""

from accounts.errors.base import AccountsError
from releaseconsole.kernel.errors import NotFoundError


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
