"""Letters to who asks: written from the register, shown before they are sent, mailed or printed.

A letter is made of the request's own columns each time, so its deadline is the stored one on every later day.
Once the request is closed it greets nobody by name, since the register knows no name any more.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from accounts.models.mail import LONGEST_SUBJECT
from compliance.desk.backends.subject_key import receipt_token
from compliance.desk.domain import rules
from compliance.desk.domain.denials import GROUNDS, Basis
from compliance.desk.domain.request_letters import RequestLetterKind
from compliance.desk.domain.request_states import Kind
from compliance.desk.domain.subjects import Contact
from compliance.desk.domain.verification import Authority, Method, Verification, methods_for
from compliance.desk.errors import RequestStateError
from compliance.desk.models import ErasureRun, PrivacyLetter, PrivacyRequest
from compliance.desk.models.erasures import ErasureState
from compliance.desk.models.letters import LetterState, Sealed
from compliance.desk.selectors.downstream import told_lines
from compliance.desk.services.requests.recording import Doer, event_record
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock


class Sent(StrEnum):
    """How a letter left."""

    MAIL = "mail"
    PRINT = "print"
    NONE = "none"

    @property
    def words(self) -> str:
        """How the timeline says it."""
        return _SENT_WORDS[self]


_SENT_WORDS: Final = {
    Sent.MAIL: "letter by e-mail",
    Sent.PRINT: "letter to be printed: there's no e-mail address",
    Sent.NONE: "letter to be printed, if they come for it: there's no address",
}


_RULES: Final = {
    RequestLetterKind.ACKNOWLEDGE: (rules.ACKNOWLEDGE, rules.ANSWER),
    RequestLetterKind.EXTEND: (rules.EXTEND,),
    RequestLetterKind.DENY: (rules.KEEP,),
    RequestLetterKind.COMPLETE: (rules.KEEP,),
    RequestLetterKind.WITHDRAW: (rules.KEEP,),
    RequestLetterKind.RECEIPT: (rules.KEEP,),
}
# What somebody at home reads; the officer's pages have shorter words for both.
_ASKS: Final = {
    Kind.DELETE: "to delete personal data",
    Kind.KNOW: "to know which personal data we hold",
    Kind.CORRECT: "to correct personal data",
    Kind.OPT_OUT: "not to have personal data sold or shared",
    Kind.LIMIT: "to limit the use of sensitive personal data",
}
_WAYS: Final = {
    Method.ACCOUNT: "Sign in again to the account or tester page that you have with us.",
    Method.DEVICE: "Send the request from the app itself, on your own device, if it offers that.",
    Method.TWO_POINTS: "Tell us two things about you that we can compare with what we hold.",
    Method.THREE_POINTS: "Tell us three things about you that we can compare with what we hold, and sign a "
    "declaration that it's you.",
    Method.AGENT: "We ask for the signed permission, and for the person's own confirmation of it.",
    Method.POWER_OF_ATTORNEY: "We ask for the power of attorney, and for nothing else.",
}


@dataclass(frozen=True, slots=True)
class RequestLetter:
    """A letter as it would go out now.

    Attributes:
        subject: Its first line.
        body: The rest.
        address: Where it goes by mail; empty: it's printed.
        rules: What it rests on; the officer confirms those with counsel, the letter itself doesn't say so.
    """

    subject: str
    body: str
    address: str
    rules: tuple[rules.Rule, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a letter says that isn't in the register yet, while it's only shown.

    Attributes:
        extended_due: The deadline that an extension would give.
        reason: Why it would be extended.
        bases: Grounds of what would be refused.
        explanation: Why it would be refused.
    """

    extended_due: date | None = None
    reason: str = ""
    bases: tuple[Basis, ...] = ()
    explanation: str = ""


def letter_compose(
    *, request: PrivacyRequest, letter: RequestLetterKind, draft: Draft | None = None
) -> RequestLetter:
    """Write a letter without sending it; `draft` is what the form on the page would add."""
    contact = request.contact_read()
    text = render_to_string(_template(letter), _context(request, letter, draft)).strip()
    subject, _, body = text.partition("\n")
    return RequestLetter(
        " ".join(subject.split()), body.strip() + "\n", contact.letter_address, _RULES[letter]
    )


def letter_send(request: PrivacyRequest, letter: RequestLetterKind) -> Sent:
    """Write a letter in the transaction of what it tells; it's posted afterwards (`posting`)."""
    contact = request.contact_read()
    address, reach = contact.letter_address, _reach(contact)
    if not address and not reach:
        return Sent.NONE
    composed = letter_compose(request=request, letter=letter)
    row = PrivacyLetter(
        request=request,
        kind=letter.value,
        state=LetterState.WAITING if address else LetterState.TO_PRINT,
        written_at=clock.now(),
    )
    row.letter_set(Sealed(address, reach, composed.subject[:LONGEST_SUBJECT], composed.body))
    row.save()
    return Sent.MAIL if address else Sent.PRINT


def _reach(contact: Contact) -> str:
    """Where a printed letter goes; nothing, where a name is all there is. An agent's is to be looked up."""
    if contact.authority is not Authority.NONE:
        return contact.agent_name
    if not contact.post and not contact.phone:
        return ""
    return "\n".join(filter(None, (contact.name, contact.post, contact.phone)))


def letters_of(request: PrivacyRequest) -> list[RequestLetterKind]:
    """List the letters that a request has had, and so can be downloaded."""
    said = {
        RequestLetterKind.ACKNOWLEDGE: request.ack_sent_at is not None,
        RequestLetterKind.EXTEND: request.extended_at is not None,
        RequestLetterKind.DENY: request.outcome == "denied",
        RequestLetterKind.COMPLETE: request.outcome in {"complete", "partial"},
        RequestLetterKind.WITHDRAW: request.outcome == "withdrawn",
        RequestLetterKind.RECEIPT: request.is_closed,
    }
    return [letter for letter, has in said.items() if has]


def letter_take(*, request: PrivacyRequest, letter: RequestLetterKind, by: Doer) -> str:
    """Hand a letter out as a file, to be printed; the log has who took it.

    Raises:
        RequestStateError: The request hasn't had this letter.
    """
    if letter not in letters_of(request):
        raise RequestStateError("This request hasn't had this letter.")
    with transaction.atomic():
        event_record(
            request, Action.PRIVACY_LETTER_TAKEN, by=by, now=clock.now(), detail={"letter": letter.value}
        )
    waiting = request.outgoing.filter(kind=letter.value, settled_at=None).last()
    if waiting is not None:
        held = waiting.letter_read()
        return "\n\n".join(filter(None, (held.reach, held.subject, held.body)))
    composed = letter_compose(request=request, letter=letter)
    return f"{composed.subject}\n\n{composed.body}"


def receipt_url(request: PrivacyRequest) -> str:
    """Return where the person finds their receipt; nothing, as long as nothing was erased for the request."""
    done = ErasureRun.objects.filter(request=request.reference, state=ErasureState.DONE, is_replay=False)
    if not done.exists():
        return ""
    return f"{settings.PUBLIC_URL}/privacy/receipts/{request.reference}/{receipt_token(request.reference)}/"


def _template(letter: RequestLetterKind) -> str:
    return f"mail/privacy_{letter.value}.txt"


def _context(request: PrivacyRequest, letter: RequestLetterKind, draft: Draft | None) -> dict[str, Any]:
    said = draft or Draft(request.extended_due, request.extension_reason, request.bases, request.explanation)
    return {
        # Until then anybody may have typed it, for somebody else to read.
        "name": request.contact_read().addressee if request.identity is Verification.VERIFIED else "",
        "request": request,
        "asks": _ASKS[request.asks],
        "extended_due": said.extended_due,
        "reason": said.reason,
        "grounds": [GROUNDS[basis] for basis in said.bases],
        "explanation": said.explanation,
        "methods": [
            _WAYS[method] for method in methods_for(request.asks, request.how_much, request.speaks_by)
        ],
        "rules": _RULES[letter],
        "operator": settings.PRIVACY_OPERATOR,
        "contact": settings.PRIVACY_CONTACT,
        "zone": settings.PRIVACY_TIME_ZONE,
        "form_url": f"{settings.PUBLIC_URL}/privacy/",
        "receipt_url": receipt_url(request),
        "told": told_lines(request.reference),
    }
