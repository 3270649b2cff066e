"""What the outbox tells of a notice's letter: that it's out, or that nobody would take it."""

from datetime import datetime
from uuid import UUID

from compliance.desk.domain.downstream import NoticeState
from compliance.desk.domain.request_states import Step
from compliance.desk.models import ProviderNotice
from compliance.desk.services.requests.recording import Doer, event_record, request_lock, step_record
from compliance.ledger.domain.events import SYSTEM, Action


def notice_letter_follow(letter: UUID, now: datetime, *, is_sent: bool) -> None:
    """Note it, in the transaction in which the letter leaves the outbox; other letters are none of ours."""
    theirs = ProviderNotice.objects.filter(letter=letter).select_related("request", "provider")
    notice = theirs.first()
    if notice is None:
        return
    # In the order of every step: the letter is locked, then the request, then the notice.
    request_lock(notice.request)
    notice = theirs.select_for_update(of=("self",)).first()
    if notice is None:  # settled in this moment
        return
    notice.letter = None
    detail = {"provider": str(notice.provider_id)}
    by = Doer(SYSTEM)
    if not is_sent:
        notice.save(update_fields=["letter"])
        event_record(notice.request, Action.PROVIDER_NOTICE_GIVEN_UP, by=by, now=now, detail=detail)
        return
    notice.state = NoticeState.SENT.value
    notice.sent_at = notice.sent_at or now
    notice.save(update_fields=["letter", "state", "sent_at"])
    step_record(
        notice.request,
        Step.PROVIDER_SENT,
        Action.PROVIDER_NOTICE_SENT,
        by=by,
        now=now,
        note=f"{notice.provider.name}: by e-mail"[:500],
        detail=detail | {"how": "e-mail"},
    )
