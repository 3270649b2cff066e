"""Letters to who asks leave the house: by mail, again and again for three days, or printed by somebody.

Who asked is forgotten with the answer, so a letter that nobody took is the last that knows where it should
have gone: it stays, sealed, until somebody has printed and posted it, and officers are told.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.services.mail import MAIL_ERRORS, attempts_due, letter_write
from compliance.desk.domain.request_letters import RequestLetterKind
from compliance.desk.domain.request_states import Step
from compliance.desk.errors import RequestStateError
from compliance.desk.models import PrivacyLetter, PrivacyRequest
from compliance.desk.models.letters import TO_PRINT, LetterState
from compliance.desk.services.officers import people_in_charge
from compliance.desk.services.requests.recording import Doer, step_record
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock

_AT_ONCE: Final = 50
_TRIED_FOR: Final = timedelta(days=3)
_log = logging.getLogger(__name__)


def letters_post() -> int:
    """Send what waits and is due; return how many went out. What nobody takes for three days is printed."""
    now = clock.now()
    due = PrivacyLetter.objects.filter(attempts_due(now), state=LetterState.WAITING)
    # Those that nobody takes go last: they would keep all others waiting.
    due = due.order_by(F("attempted_at").asc(nulls_first=True), "written_at")
    return sum(_post(pk) for pk in list(due.values_list("pk", flat=True)[:_AT_ONCE]))


def letter_posted(*, request: PrivacyRequest, letter: RequestLetterKind, by: Doer) -> None:
    """Write down that a letter is printed and posted; then it's forgotten.

    Raises:
        RequestStateError: None of this kind is to be printed.
    """
    now = clock.now()
    with transaction.atomic():
        rows = PrivacyLetter.objects.select_for_update()
        found = list(rows.filter(request=request, kind=letter.value, state__in=TO_PRINT))
        if not found:
            raise RequestStateError("This letter isn't to be printed.")
        for row in found:
            _settle(row, LetterState.POSTED, now)
        step_record(
            request,
            Step.LETTER_POSTED,
            Action.PRIVACY_LETTER_POSTED,
            by=by,
            now=now,
            note=letter.value,
            detail={"letter": letter.value},
        )


def _post(pk: int) -> bool:
    """Send one outside of any transaction: a slow mail server holds up nothing else.

    By the clock of this moment: a run lasts for long behind such a server, and a claim as old as its
    beginning would be none.
    """
    claimed = _claim(pk, clock.now())
    if claimed is None:
        return False
    try:
        letter = claimed.letter_read()
        EmailMessage(letter.subject, letter.body, to=[letter.address], reply_to=_answered_at()).send()
    except MAIL_ERRORS as exc:
        _log.warning(
            "A letter of %s couldn't be sent (attempt %d): %s",
            claimed.request,
            claimed.attempts,
            type(exc).__name__,
        )
        is_sent = False
    else:
        is_sent = True
    with transaction.atomic():
        rows = PrivacyLetter.objects.select_for_update(of=("self",)).select_related("request")
        row = rows.filter(pk=pk, state=LetterState.WAITING, attempts=claimed.attempts).first()
        if row is not None and is_sent:
            _settle(row, LetterState.SENT, clock.now())
        elif row is not None:
            _failed(row, clock.now())
    return is_sent


def _answered_at() -> list[str]:
    return [settings.PRIVACY_CONTACT] if settings.PRIVACY_CONTACT else []


def _claim(pk: int, now: datetime) -> PrivacyLetter | None:
    """Count an attempt before it's made; nobody else makes one until the next is due.

    Who dies between sending and saying so has it sent twice, which is better than never.
    """
    with transaction.atomic():
        rows = PrivacyLetter.objects.select_for_update(of=("self",), skip_locked=True)
        due = rows.select_related("request").filter(attempts_due(now), state=LetterState.WAITING)
        row = due.filter(pk=pk).first()
        if row is not None:
            row.attempts, row.attempted_at = row.attempts + 1, now
            row.save(update_fields=["attempts", "attempted_at"])
    return row


def _failed(row: PrivacyLetter, now: datetime) -> None:
    if now - row.written_at < _TRIED_FOR:
        return
    row.state = LetterState.UNDELIVERED
    row.save(update_fields=["state"])
    step_record(
        row.request,
        Step.LETTER_FAILED,
        Action.PRIVACY_LETTER_FAILED,
        by=Doer(SYSTEM),
        now=now,
        note=row.kind,
        detail={"letter": row.kind, "attempts": row.attempts},
    )
    link = f"{settings.PUBLIC_URL}{reverse('desk:request', args=[row.request.reference])}"
    for person in people_in_charge():
        context = {"reference": row.request.reference, "link": link}
        letter_write(to=person, template="privacy_undelivered", context=context)


def _settle(row: PrivacyLetter, state: LetterState, now: datetime) -> None:
    row.state, row.settled_at, row.sealed_letter = state, now, ""
    row.save(update_fields=["state", "sealed_letter", "settled_at"])
