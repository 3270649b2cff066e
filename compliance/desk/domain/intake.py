"""What a request is when it comes in, whichever way it comes."""

from dataclasses import dataclass
from datetime import datetime

from compliance.desk.domain.request_states import BY_OFFICER, Channel, Kind, Scope
from compliance.desk.domain.subjects import Contact, contact_require
from compliance.desk.domain.verification import Method, method_require
from compliance.desk.errors import ReceiptTimeError, RequestIncompleteError


@dataclass(frozen=True, slots=True)
class Intake:
    """A request as it comes in.

    Attributes:
        kind: What is asked for.
        channel: How it came.
        contact: Who asks, and for whom.
        scope: How much they want to know, for that kind only.
        app_id: Which app it's about, as said; kept in the open only if there is such an app.
        signals_gpc: Their browser sent `Sec-GPC: 1`.
        verified_by: What proved who they are while they asked, such as the key of a device.
        remark: What else the timeline says of how it came; it names nobody.
        received_at: When it really came, where that was before it's entered; None: now.
        backdate_reason: Why it's entered later than it came.
    """

    kind: Kind
    channel: Channel
    contact: Contact
    scope: Scope = Scope.NONE
    app_id: str = ""
    signals_gpc: bool = False
    verified_by: Method = Method.NONE
    remark: str = ""
    received_at: datetime | None = None
    backdate_reason: str = ""


def intake_require(intake: Intake, *, now: datetime) -> None:
    """Make sure that what comes in can be registered.

    Raises:
        RequestIncompleteError: An agent without authority, or nothing said of how much is wanted.
        ReceiptTimeError: It came in the future, later than it's entered without a reason, or by no officer.
        VerificationMethodError: What proved who they are isn't enough for what they ask.
        IdentityNotAskedError: Nobody may be asked to prove it.
    """
    contact_require(intake.contact)
    if (intake.kind is Kind.KNOW) != (intake.scope is not Scope.NONE):
        raise RequestIncompleteError(
            "A request to know says whether categories or specific pieces are meant."
        )
    if intake.verified_by is not Method.NONE:
        method_require(
            intake.verified_by, kind=intake.kind, scope=intake.scope, authority=intake.contact.authority
        )
    if intake.received_at is not None:
        backdating_require(intake.received_at, intake.backdate_reason, latest=now)
        if intake.channel not in BY_OFFICER:
            raise ReceiptTimeError("Only what an officer enters can have come earlier.")


def backdating_require(received_at: datetime, reason: str, *, latest: datetime) -> None:
    """Make sure that a time of receipt lies before `latest`, and that somebody says why it's entered late.

    Raises:
        ReceiptTimeError: One or the other isn't so.
    """
    if received_at >= latest:
        raise ReceiptTimeError("A request can only be found to have come earlier, and never in the future.")
    if not reason.strip():
        raise ReceiptTimeError("Say why the request is entered later than it came.")
