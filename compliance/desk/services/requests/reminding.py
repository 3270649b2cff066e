"""Telling officers what is due: how many requests, and a link. A letter holds nothing about anybody."""

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.domain.roles import Permission
from accounts.services.mail import letter_write
from compliance.desk.models import ErasureRun, PrivacyRequest
from compliance.desk.models.erasures import ErasureState
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.requests import at_risk, overdue
from compliance.desk.services.officers import people_in_charge
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


def requests_remind() -> int:
    """Write to whoever handles requests, once a day while there's anything at risk or overdue.

    Where nobody does, administrators are told, who can appoint somebody.

    Returns:
        How many requests they were told of; none, where they were told today.
    """
    now = clock.now()
    today = today_at(now)
    with transaction.atomic():
        running = PrivacyRequest.objects.select_for_update().filter(
            Q(reminded_on=None) | Q(reminded_on__lt=today)
        )
        late = list(running.filter(overdue(today)).values_list("pk", flat=True))
        risky = list(running.filter(at_risk(today)).values_list("pk", flat=True))
        officers = people_in_charge()
        is_nobodys = not any(officer.may(Permission.PRIVACY_MANAGE) for officer in officers)
        if not (late or risky) or not officers:
            return 0
        link = f"{settings.PUBLIC_URL}{reverse('desk:requests')}"
        for officer in officers:
            letter_write(
                to=officer,
                template="privacy_reminder",
                context={"late": len(late), "risky": len(risky), "link": link, "is_nobodys": is_nobodys},
            )
        PrivacyRequest.objects.filter(pk__in=[*late, *risky]).update(reminded_on=today)
        audit_record(
            action=Action.PRIVACY_REMINDED,
            actor=SYSTEM,
            now=now,
            detail={"overdue": len(late), "at_risk": len(risky), "officers": len(officers)},
        )
    return len(late) + len(risky)


def erasures_stuck_tell() -> int:
    """Write to whoever handles requests of erasures that got stuck, of each once; returns of how many."""
    now = clock.now()
    with transaction.atomic():
        untold = ErasureRun.objects.select_for_update().filter(state=ErasureState.STUCK, told_at=None)
        runs, officers = list(untold.order_by("started_at", "pk")), people_in_charge()
        if not runs or not officers:
            return 0
        known = set(
            PrivacyRequest.objects.values_list("reference", flat=True).filter(
                reference__in=[run.request for run in runs if not run.is_replay]
            )
        )
        links = [
            f"{settings.PUBLIC_URL}{reverse('desk:request-erasure', args=[reference])}"
            for reference in sorted(known)
        ]
        context = {"count": len(runs), "links": links, "replays": sum(run.is_replay for run in runs)}
        for officer in officers:
            letter_write(to=officer, template="erasure_stuck", context=context)
        ErasureRun.objects.filter(pk__in=[run.pk for run in runs]).update(told_at=now)
        audit_record(
            action=Action.PRIVACY_REMINDED,
            actor=SYSTEM,
            now=now,
            detail={"stuck": len(runs), "officers": len(officers)},
        )
    return len(runs)
