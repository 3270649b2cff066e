"""What becomes of a notice: sent again or by another way, confirmed, refused, or not due for a reason."""

from typing import Final

from django.db import transaction

from accounts.services.mail import letter_withdraw
from compliance.desk.domain.downstream import NoticeState, answer_require
from compliance.desk.domain.request_states import Step
from compliance.desk.domain.subjects import record_text_require
from compliance.desk.errors import ProviderAnswerError
from compliance.desk.models import PrivacyRequest, ProviderNotice
from compliance.desk.selectors.calendar import today_at
from compliance.desk.services.downstream.telling import notice_letter_write
from compliance.desk.services.requests.recording import Doer, request_lock, step_record
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock

_SETTLED: Final = ["state", "note", "settled_at", "settled_by", "sealed_told", "letter", "unsent_why"]


def notice_settle(*, notice: ProviderNotice, to: NoticeState, note: str, by: Doer) -> ProviderNotice:
    """Record how a provider answered, or why it isn't told; whom it's about is forgotten with that.

    Args:
        notice: Which.
        to: Confirmed, refused, or impossible (of third parties only).
        note: What they said; why, where they refuse or aren't told.
        by: Who records it.

    Raises:
        ProviderAnswerError: It's settled, was never sent, needs a reason, or can't be left out.
        NamesPersonError: The note names whom it's about.
    """
    now = clock.now()
    with transaction.atomic():
        request, notice = _locked(notice, withdraw=True)
        answer_require(kind=request.asks, role=notice.was_a, state=notice.stands, to=to, note=note)
        notice.told_read().unnamed_require(note)
        record_text_require(note, request.contact_read())
        notice.state, notice.note = to.value, note.strip()
        notice.settled_at, notice.settled_by = now, by.person
        notice.sealed_told, notice.letter, notice.unsent_why = "", None, ""
        notice.save(update_fields=_SETTLED)
        step_record(
            request,
            Step.PROVIDER_ANSWERED,
            Action.PROVIDER_NOTICE_SETTLED,
            by=by,
            now=now,
            note=f"{notice.provider.name}: {to.words}"[:500],
            detail={
                "provider": str(notice.provider_id),
                "state": to.value,
                "late": today_at(now) > notice.due_on,
                "reason": notice.note,
            },
        )
    return notice


def notice_sent_otherwise(*, notice: ProviderNotice, note: str, by: Doer) -> ProviderNotice:
    """Record that a notice went another way than by mail; a letter that waits doesn't go any more.

    Raises:
        ProviderAnswerError: It's sent or settled, or nobody says how it went.
        NamesPersonError: The note names whom it's about.
    """
    now = clock.now()
    if not note.strip():
        raise ProviderAnswerError("Say how it went, and to whom.")
    with transaction.atomic():
        request, notice = _locked(notice, withdraw=True)
        if notice.stands is not NoticeState.DUE:
            raise ProviderAnswerError("This notice was sent, or is settled, already.")
        notice.told_read().unnamed_require(note)
        record_text_require(note, request.contact_read())
        notice.state, notice.sent_at, notice.note = NoticeState.SENT.value, now, note.strip()
        notice.letter, notice.unsent_why = None, ""
        notice.save(update_fields=["state", "sent_at", "note", "letter", "unsent_why"])
        _sent_record(request, notice, by, how="another way")
    return notice


def notice_repeat(*, notice: ProviderNotice, by: Doer) -> ProviderNotice:
    """Write a notice's letter once more, to the address that it went to, whatever the provider's is by now.

    Raises:
        ProviderAnswerError: It's settled, its letter still waits, or whom it's about is forgotten.
    """
    with transaction.atomic():
        request, notice = _locked(notice)
        _writable_require(notice)
        notice_letter_write(notice, request)
        notice.unsent_why = ""
        notice.save(update_fields=["letter", "unsent_why"])
        _sent_record(request, notice, by, how="written again")
    return notice


def notice_readdress(*, notice: ProviderNotice, address: str, by: Doer) -> ProviderNotice:
    """Write a notice anew, to the provider's address of now.

    Args:
        notice: Which.
        address: What the officer was shown that it goes to, beside what it says.
        by: Who has it done.

    Raises:
        ProviderAnswerError: It's settled, its letter still waits, or whom it's about is forgotten; the
            provider has ended, or has this address no more or all the time.
    """
    with transaction.atomic():
        request, notice = _locked(notice)
        _writable_require(notice)
        if notice.provider.ended_on is not None or not notice.is_elsewhere:
            raise ProviderAnswerError("The provider has no other address than this notice went to.")
        if address != notice.provider.address:
            raise ProviderAnswerError("The provider's address has changed meanwhile. Look at it again.")
        notice.address, notice.unsent_why = address, ""
        notice_letter_write(notice, request)
        notice.save(update_fields=["address", "letter", "unsent_why"])
        _sent_record(request, notice, by, how="written to the new address")
    return notice


def _writable_require(notice: ProviderNotice) -> None:
    if not notice.is_open or notice.letter is not None:
        raise ProviderAnswerError("This notice is settled, or its letter still waits to be sent.")
    if not notice.sealed_told:
        raise ProviderAnswerError("Whom it's about isn't kept any more, so it can't be written again.")


def _sent_record(request: PrivacyRequest, notice: ProviderNotice, by: Doer, *, how: str) -> None:
    step_record(
        request,
        Step.PROVIDER_SENT,
        Action.PROVIDER_NOTICE_SENT,
        by=by,
        now=clock.now(),
        note=f"{notice.provider.name}: {how}"[:500],
        detail={"provider": str(notice.provider_id), "how": how},
    )


def _locked(notice: ProviderNotice, *, withdraw: bool = False) -> tuple[PrivacyRequest, ProviderNotice]:
    """Lock a notice, after its request and its letter: the outbox holds a letter before it tells of it."""
    waiting = ProviderNotice.objects.values_list("letter", flat=True).get(pk=notice.pk)
    if withdraw and waiting is not None:
        letter_withdraw(letter=waiting)
    request = request_lock(notice.request)
    locked = ProviderNotice.objects.select_for_update(of=("self",)).select_related("provider")
    return request, locked.get(pk=notice.pk)
