"""What an erasure puts on the timeline of its request; its events on the log are its own."""

from datetime import datetime

from accounts.models import User
from compliance.desk.domain.request_states import State, Step
from compliance.desk.models import PrivacyRequest, PrivacyRequestStep


def request_of_hold(reference: str) -> PrivacyRequest | None:
    """Lock the request of a run for the rest of the transaction, if it runs.

    Always before the run itself: whoever resumes, gives up or answers holds the request first.
    """
    standing = PrivacyRequest.objects.exclude(state=State.CLOSED.value)
    return standing.select_for_update().filter(reference=reference).first()


def erasure_note(
    reference: str, step: Step, *, now: datetime, person: User | None = None, note: str = ""
) -> None:
    """Put a line on the timeline, as long as the request runs: a replay has none any more."""
    request = PrivacyRequest.objects.filter(reference=reference).exclude(state=State.CLOSED.value).first()
    if request is not None:
        PrivacyRequestStep.objects.create(
            request=request, step=step.value, at=now, person=person, note=note[:500]
        )
