"""Receiving a request, whichever way it comes: form, tester's page, device, mail, phone or letter."""

from datetime import datetime

from django.db import transaction

from compliance.desk.backends.subject_key import subject_digest
from compliance.desk.domain.clocks import deadlines_of
from compliance.desk.domain.intake import Intake, intake_require
from compliance.desk.domain.request_states import Step
from compliance.desk.domain.subjects import (
    REFERENCE_BYTES,
    SubjectKind,
    record_text_require,
    reference_spell,
)
from compliance.desk.domain.verification import Method, Verification
from compliance.desk.models import PrivacyRequest, PrivacyRequestSubject
from compliance.desk.selectors.calendar import calendar_current
from compliance.desk.services.requests.recording import Doer, step_record
from compliance.desk.services.requests.verifying import proof_record
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock, randomness
from updates.models import App


def request_receive(*, intake: Intake, by: Doer) -> PrivacyRequest:
    """Register a request; its clocks run from the day on which it came.

    Nothing is looked up: whoever asks learns nothing about what is held of anybody.

    Raises:
        RequestIncompleteError: Something is missing from it.
        ReceiptTimeError: It can't have come then.
        VerificationMethodError: What proved who they are isn't enough.
        IdentityNotAskedError: Nobody may be asked to prove it.
        NamesPersonError: The reason for entering it late names somebody.
    """
    now = clock.now()
    intake_require(intake, now=now)
    record_text_require(intake.backdate_reason, intake.contact)
    with transaction.atomic():
        request = _registered(intake, by, now)
        PrivacyRequestSubject.objects.bulk_create([
            PrivacyRequestSubject(request=request, kind=kind.value, digest=subject_digest(kind, value))
            for kind, value in intake.contact.identifiers()
        ])
        detail = {
            "channel": request.channel,
            "received_on": request.received_on.isoformat(),
            "due": request.due.isoformat(),
            "gpc": request.signals_gpc,
            "reason": request.backdate_reason,
        }
        note = "; ".join(filter(None, (request.came_by.words, intake.remark, request.backdate_reason)))
        step_record(request, Step.RECEIVED, Action.PRIVACY_RECEIVED, by=by, now=now, note=note, detail=detail)
        if intake.verified_by is not Method.NONE:
            method = intake.verified_by
            proved = [row for row in request.subjects.all() if SubjectKind(row.kind).is_proved_by(method)]
            proof_record(request, method, proved, by=by, now=now)
    return request


def _registered(intake: Intake, by: Doer, now: datetime) -> PrivacyRequest:
    calendar = calendar_current()
    received_at = intake.received_at or now
    deadlines = deadlines_of(
        calendar.day_of(received_at), is_opt_out=intake.kind.is_opt_out, calendar=calendar
    )
    request = PrivacyRequest(
        reference=reference_spell(randomness.token_bytes(REFERENCE_BYTES)),
        kind=intake.kind.value,
        scope=intake.scope.value,
        channel=intake.channel.value,
        app_id=_known(intake.app_id),
        signals_gpc=intake.signals_gpc,
        received_at=received_at,
        received_on=deadlines.received_on,
        recorded_at=now,
        recorded_by=by.person,
        backdate_reason=intake.backdate_reason if intake.received_at else "",
        ack_due=deadlines.ack_due,
        due=deadlines.due,
        authority=intake.contact.authority.value,
        verification=_verification_of(intake).value,
        verification_method=intake.verified_by.value,
        verified_at=now if intake.verified_by is not Method.NONE else None,
    )
    request.contact_set(intake.contact)
    request.save(force_insert=True)
    return request


def _known(app_id: str) -> str:
    """Keep the id of an app of this console; anything else that was typed may be about a person."""
    return app_id if App.objects.filter(pk=app_id).exists() else ""


def _verification_of(intake: Intake) -> Verification:
    if intake.kind.is_opt_out:
        return Verification.NOT_NEEDED
    return Verification.PENDING if intake.verified_by is Method.NONE else Verification.VERIFIED
