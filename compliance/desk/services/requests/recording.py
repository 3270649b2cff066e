"""What every step of a request shares: its lock, its line on the timeline, and its event on the log.

Facts on the log are kinds, dates, sections and counts. Nothing in them says who asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from accounts.models import User
from compliance.desk.domain.request_states import Step
from compliance.desk.models import PrivacyRequest, PrivacyRequestStep
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record

# As the column has it; a long list of identifiers is longer.
_LONGEST_NOTE: Final = 500


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does a step: as the log names them and, where it's one of the console's people, who that is."""

    actor: Actor
    person: User | None = None


def request_lock(request: PrivacyRequest) -> PrivacyRequest:
    """Lock a request for the rest of the transaction, read afresh."""
    return PrivacyRequest.objects.select_for_update().get(pk=request.pk)


def step_record(
    request: PrivacyRequest,
    step: Step,
    action: Action,
    *,
    by: Doer,
    now: datetime,
    note: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Put a step on the timeline and on the log."""
    PrivacyRequestStep.objects.create(
        request=request, step=step.value, at=now, person=by.person, note=note[:_LONGEST_NOTE]
    )
    event_record(request, action, by=by, now=now, detail=detail)


def event_record(
    request: PrivacyRequest,
    action: Action,
    *,
    by: Doer,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Put what happened to a request on the log."""
    audit_record(
        action=action,
        actor=by.actor,
        now=now,
        app_id=request.app_id,
        subject=("privacy_request", request.reference),
        detail={"kind": request.kind, **(detail or {})},
    )
