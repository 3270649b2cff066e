"""What becomes of a notice's letter: it's out, nobody would take it, or it was deleted."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.selectors.outbox import letters_waiting_among
from compliance.desk.domain.downstream import NoticeState, Unsent
from compliance.desk.domain.request_states import Step
from compliance.desk.models import ProviderNotice
from compliance.desk.services.requests.recording import Doer, event_record, request_lock, step_record
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock


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
    if not is_sent:
        _unsent(notice, Unsent.UNDELIVERED, now)
        return
    notice.letter = None
    detail = {"provider": str(notice.provider_id)}
    by = Doer(SYSTEM)
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


def notices_lost_note() -> int:
    """Find notices whose letter somebody else's erasure took from the outbox; returns how many.

    Their address or words named whom it was about. Level-triggered: no erasure has to know of notices.
    """
    waiting = ProviderNotice.objects.filter(letter__isnull=False).values_list("letter", flat=True)
    letters = {letter for letter in waiting if letter is not None}
    lost = letters - letters_waiting_among(letters)
    return sum(_lost_note(letter) for letter in sorted(lost))


def _lost_note(letter: UUID) -> bool:
    now = clock.now()
    with transaction.atomic():
        theirs = ProviderNotice.objects.filter(letter=letter).select_related("request", "provider")
        notice = theirs.first()
        if notice is None:
            return False  # it went out in this moment, or was settled
        request_lock(notice.request)
        notice = theirs.select_for_update(of=("self",)).first()
        if notice is not None:
            _unsent(notice, Unsent.ERASED, now)
    return notice is not None


def _unsent(notice: ProviderNotice, why: Unsent, now: datetime) -> None:
    notice.letter = None
    notice.unsent_why = why.value if notice.stands is NoticeState.DUE else ""
    notice.save(update_fields=["letter", "unsent_why"])
    event_record(
        notice.request,
        Action.PROVIDER_NOTICE_GIVEN_UP,
        by=Doer(SYSTEM),
        now=now,
        detail={"provider": str(notice.provider_id), "why": why.value},
    )
