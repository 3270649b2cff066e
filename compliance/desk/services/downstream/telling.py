"""Writing the notices of a request: one to each provider concerned, with what that one needs and no more."""

from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.services.mail import letter_write_outside
from compliance.desk.domain.downstream import (
    PASSED_ON,
    TOLD_KEPT,
    Known,
    NoticeState,
    Told,
    answer_due,
    devices_named,
    told_choose,
)
from compliance.desk.domain.request_states import Kind, Step
from compliance.desk.models import PrivacyRequest, ProviderNotice, ServiceProvider
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.downstream import providers_untold
from compliance.desk.services.requests.recording import Doer, step_record
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Subject
from updates.selectors.held_devices import devices_held

_ASKS: Final = {
    Kind.DELETE: "delete what you hold of a person, and have whom you passed it on to delete it",
    Kind.CORRECT: "correct what you hold of a person",
    Kind.OPT_OUT: "no longer sell, share or use what you got of a person, who has opted out",
    Kind.LIMIT: "limit how you use the sensitive data of a person",
}


def providers_tell(
    *, request: PrivacyRequest, subject: Subject, by: Doer, words: str = ""
) -> list[ProviderNotice]:
    """Write a notice to every provider concerned that has none of this request yet.

    Args:
        request: Which; locked by who calls.
        subject: Whom it's about, by all that is known.
        by: Who has it done.
        words: What is to be corrected, for that kind.
    """
    with transaction.atomic():
        known = _known(subject)
        notices = [_notice(request, provider, known, words) for provider in _concerned(request)]
        if notices:
            nobody = sum(notice.stands is NoticeState.NOBODY for notice in notices)
            step_record(
                request,
                Step.PROVIDERS_TOLD,
                Action.PROVIDERS_TOLD,
                by=by,
                now=clock.now(),
                note=_counted(len(notices) - nobody, nobody),
                detail={
                    "providers": [str(notice.provider_id) for notice in notices],
                    "told": len(notices) - nobody,
                    "nobody": nobody,
                },
            )
    return notices


def providers_to_tell(*, request: PrivacyRequest, subject: Subject) -> list[tuple[ServiceProvider, Told]]:
    """Say whom an erasure would tell, and what; who could find nobody by it is told nothing."""
    known = _known(subject)
    return [
        (each, told_choose(known, by=each.finds_by, apps=each.apps)) for each in providers_untold(request)
    ]


def notice_letter_write(notice: ProviderNotice, request: PrivacyRequest) -> None:
    """Put a notice's letter into the outbox, sealed (the notice is unsaved afterwards)."""
    told = notice.told_read()
    letter = letter_write_outside(
        address=notice.address,
        template="provider_notice",
        context={
            "provider": notice.provider,
            "request": request,
            "asks": _ASKS[Kind(notice.kind)],
            "told": told,
            "due_on": notice.due_on,
            "operator": settings.PRIVACY_OPERATOR,
            "contact": settings.PRIVACY_CONTACT,
            "rule": PASSED_ON[Kind(notice.kind)][1],
        },
        is_secret=True,
    )
    notice.letter = letter.pk


def _concerned(request: PrivacyRequest) -> QuerySet[ServiceProvider]:
    return providers_untold(request).select_for_update(of=("self",))


def _notice(request: PrivacyRequest, provider: ServiceProvider, known: Known, words: str) -> ProviderNotice:
    now = clock.now()
    told = told_choose(known, by=provider.finds_by, apps=provider.apps, words=words)
    today = today_at(now)
    notice = ProviderNotice(
        request=request,
        provider=provider,
        kind=request.kind,
        role=provider.role,
        address=provider.address,
        made_at=now,
        due_on=answer_due(today, request_due=request.answer_due),
        forget_on=today + TOLD_KEPT,
    )
    if told.lines:
        notice.told_set(told)
        notice_letter_write(notice, request)
    else:
        notice.state, notice.settled_at = NoticeState.NOBODY.value, now
    notice.save()
    return notice


def _known(subject: Subject) -> Known:
    return Known(
        emails=tuple(sorted(subject.emails)),
        devices=devices_named(subject.devices, subject.found | devices_held(subject.devices)),
        custom_ids=tuple(sorted(subject.custom_ids)),
    )


def _counted(told: int, nobody: int) -> str:
    return f"{told} written" + (f"; {nobody} could find nobody by what is known" if nobody else "")
