"""What testers ask for on their own page arrives in the register, in the transaction in which they ask."""

from datetime import datetime

from compliance.desk.backends.subject_key import subject_digest
from compliance.desk.domain.intake import Intake
from compliance.desk.domain.request_states import Channel, Kind, State, Step
from compliance.desk.domain.subjects import Contact, SubjectKind
from compliance.desk.domain.verification import Method
from compliance.desk.models import PrivacyRequest
from compliance.desk.services.requests.receiving import request_receive
from compliance.desk.services.requests.recording import Doer, step_record
from compliance.ledger.domain.events import SYSTEM, Action
from updates.models import Tester
from updates.selectors.testers import address_is_proved, devices_still_theirs
from updates.services.testers.actors import tester_actor


def tester_deletion_receive(tester: Tester) -> None:
    """Register that a tester wants their data deleted; the link to their page proves who they are.

    It proves no address that the team typed beside an invite: it may be anybody's, and lead to their data.
    """
    is_proved = address_is_proved(tester)
    devices = tuple(sorted({device_id for _, device_id in devices_still_theirs([tester])}))
    contact = Contact(
        name=tester.name,
        email=tester.email if is_proved else "",
        reply_to=tester.email,
        device_ids=devices,
        tester=str(tester.pk),
    )
    intake = Intake(
        kind=Kind.DELETE,
        channel=Channel.TESTER,
        contact=contact,
        app_id=tester.app_id,
        verified_by=Method.ACCOUNT,
    )
    request_receive(intake=intake, by=Doer(tester_actor(tester)))


def tester_erasure_note(tester: Tester, now: datetime) -> None:
    """Put on the timeline of who asked that the tester is erased; the officer answers for the rest.

    Somebody may be more than a tester: their devices have telemetry, the log has personal values.
    """
    digest = subject_digest(SubjectKind.TESTER, str(tester.pk))
    theirs = PrivacyRequest.objects.filter(
        subjects__kind=SubjectKind.TESTER.value, subjects__digest=digest
    ).exclude(state=State.CLOSED.value)
    for request in theirs:
        step_record(
            request,
            Step.ERASED,
            Action.PRIVACY_TESTER_ERASED,
            by=Doer(SYSTEM),
            now=now,
            note=f"of {request.app_id}",
        )
