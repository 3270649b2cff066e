"""What the public form takes: no more from everybody in an hour than people can look at, each request once.

Who sends a request that runs already, word by word, is told another reference, which the first one's timeline
has: the same answer as anybody's, so nobody learns of a request, or what it's called, by sending it anew.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from compliance.desk.backends.subject_key import subject_digest
from compliance.desk.domain.clocks import deadlines_of
from compliance.desk.domain.intake import Intake
from compliance.desk.domain.request_states import State, Step
from compliance.desk.domain.subjects import REFERENCE_BYTES, reference_spell
from compliance.desk.models import PrivacyRequest
from compliance.desk.selectors.calendar import calendar_current
from compliance.desk.services.requests.receiving import request_receive
from compliance.desk.services.requests.recording import Doer, request_lock, step_record
from compliance.desk.services.requests.room import public_room_require
from compliance.ledger.domain.events import ANONYMOUS, Action
from releaseconsole.kernel import clock, randomness


@dataclass(frozen=True, slots=True)
class Received:
    """What the form answers.

    Attributes:
        reference: Of the request, or by which the one that runs is found.
        ack_due: By when it's acknowledged, if its kind is.
        due: By when it's answered.
    """

    reference: str
    ack_due: date | None
    due: date


def form_receive(intake: Intake) -> Received:
    """Register a request of the public form, or note on one that runs that it came again.

    Raises:
        TooManyAttemptsError: The form takes no more in this hour; who handles requests is told.
        AttemptsUncountedError: Nobody can tell, so nothing is taken.
        RequestIncompleteError: Something is missing from it.
    """
    public_room_require()
    running = _running_same(intake)
    if running is not None and (told := _repeated(running)):
        return _told_again(intake, told)
    request = request_receive(intake=intake, by=Doer(ANONYMOUS))
    return Received(request.reference, request.ack_due, request.due)


def _repeated(running: PrivacyRequest) -> str:
    """Note that a request came again; returns the reference that is told, none if it's answered by now."""
    told = reference_spell(randomness.token_bytes(REFERENCE_BYTES))
    with transaction.atomic():
        running = request_lock(running)
        if running.is_closed:
            return ""
        step_record(
            running,
            Step.REPEATED,
            Action.PRIVACY_REPEATED,
            by=Doer(ANONYMOUS),
            now=clock.now(),
            note=told,
            detail={"told": told},
        )
    return told


def _told_again(intake: Intake, told: str) -> Received:
    calendar, now = calendar_current(), clock.now()
    # Counted from today, as for anybody; the deadlines of the first one come earlier.
    days = deadlines_of(calendar.day_of(now), is_opt_out=intake.kind.is_opt_out, calendar=calendar)
    return Received(told, days.ack_due, days.due)


def _running_same(intake: Intake) -> PrivacyRequest | None:
    """Find a request that runs and says exactly the same: one word more, and it's another request."""
    digests = [subject_digest(kind, value) for kind, value in intake.contact.identifiers()]
    if not digests:
        return None
    alike = PrivacyRequest.objects.filter(
        kind=intake.kind.value,
        scope=intake.scope.value,
        channel=intake.channel.value,
        subjects__digest=digests[0],
    )
    running = alike.exclude(state=State.CLOSED.value).distinct().order_by("pk")
    return next((each for each in running if each.contact_read() == intake.contact), None)
