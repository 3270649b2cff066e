"""Looking at who asks or for somebody, and taking the register out: all of it is on the log."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from compliance.desk.domain.subjects import Contact
from compliance.desk.errors import RequestStateError
from compliance.desk.models import PrivacyRequest
from compliance.desk.services.requests.recording import Doer, event_record
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


def contact_show(*, request: PrivacyRequest, by: Doer) -> Contact:
    """Open who asks, for somebody who handles the request.

    Raises:
        RequestStateError: The request is closed, and nobody is kept any more.
    """
    if not request.sealed_contact:
        raise RequestStateError("The request is closed: who asked isn't kept any more.")
    with transaction.atomic():
        event_record(request, Action.PRIVACY_CONTACT_SHOWN, by=by, now=clock.now())
    return request.contact_read()


def register_search(*, found: int, by: Doer) -> None:
    """Put on the log that somebody looked for a person in the register, and how many requests that found."""
    with transaction.atomic():
        audit_record(action=Action.PRIVACY_SEARCHED, actor=by.actor, now=clock.now(), detail={"found": found})


def register_take(*, report: str, filters: Mapping[str, Any], count: int, by: Doer) -> None:
    """Put on the log that somebody took a report of the register out, which one, and how many rows."""
    with transaction.atomic():
        audit_record(
            action=Action.PRIVACY_REGISTER_TAKEN,
            actor=by.actor,
            now=clock.now(),
            subject=("privacy_report", report),
            detail={"filters": dict(filters), "rows": count},
        )
