"""What the calendar asks of notices: reminders of what is due, and forgetting whom old ones are about."""

from django.db import transaction

from compliance.desk.domain.recertification import reminder_is_due
from compliance.desk.models import ProviderNotice
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.downstream import notices_open
from compliance.desk.services.officers import officers_write
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


def provider_notices_remind() -> int:
    """Write to the officers about notices whose day is near, or over; returns how many."""
    now = clock.now()
    today = today_at(now)
    with transaction.atomic():
        notices = [
            notice
            for notice in notices_open().select_for_update(of=("self",))
            if reminder_is_due(due_on=notice.due_on, reminded_on=notice.reminded_on, today=today)
        ]
        if not notices:
            return 0
        ProviderNotice.objects.filter(pk__in=[notice.pk for notice in notices]).update(reminded_on=today)
        officers = officers_write(template="provider_notices_due", context={"notices": notices})
        overdue = sum(notice.due_on < today for notice in notices)
        audit_record(
            action=Action.PROVIDER_NOTICES_REMINDED,
            actor=SYSTEM,
            now=now,
            detail={"notices": len(notices), "overdue": overdue, "officers": officers},
        )
    return len(notices)


def provider_notices_forget() -> int:
    """Take out of open notices whom they are about, once they're too old; returns of how many."""
    now = clock.now()
    with transaction.atomic():
        old = notices_open().filter(forget_on__lt=today_at(now)).exclude(sealed_told="")
        found = list(old.select_for_update(of=("self",)).values_list("pk", flat=True))
        if found:
            ProviderNotice.objects.filter(pk__in=found).update(sealed_told="")
            audit_record(
                action=Action.PROVIDER_NOTICES_FORGOTTEN,
                actor=SYSTEM,
                now=now,
                detail={"notices": len(found)},
            )
    return len(found)
