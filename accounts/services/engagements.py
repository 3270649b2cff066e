"""External auditors: let in for a time, to read certain reports, and nothing else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.domain.engagements import REPORT_WORDS, Report, engagement_check
from accounts.domain.operations import Operation
from accounts.domain.roles import Role
from accounts.errors import EngagementRefusedError
from accounts.models import AuditorEngagement, User
from accounts.services.access_changes import change_tell, changer_of, person_lock
from accounts.services.authority import Authority
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

ENGAGEMENT_AGREE: Final = "accounts:engagement:agree"
ENGAGEMENT_END: Final = "accounts:engagement:end"


@dataclass(frozen=True, slots=True)
class EngagementWish:
    """What an external auditor is to be shown, from when until when."""

    reports: frozenset[Report]
    starts_at: datetime
    ends_at: datetime


def engagement_agree_operation(*, person: User, wish: EngagementWish) -> Operation:
    """Name the engagement of somebody who has the roles that they have now."""
    facts = {
        "person": person.pk,
        "roles": sorted(person.roles),
        "reports": sorted(wish.reports),
        "starts_at": wish.starts_at.isoformat(),
        "ends_at": wish.ends_at.isoformat(),
    }
    return Operation(ENGAGEMENT_AGREE, facts)


def engagement_end_operation(*, engagement: AuditorEngagement) -> Operation:
    """Name the early end of an engagement."""
    return Operation(ENGAGEMENT_END, {"engagement": engagement.pk, "person": engagement.person_id})


def engagement_agree(*, person: User, wish: EngagementWish, authority: Authority) -> AuditorEngagement:
    """Let an external auditor read these reports for this time; the role comes with the first engagement.

    Raises:
        EngagementRefusedError: Not on these terms, or not somebody of the console's own people.
        AccountsError: The authority doesn't cover this, or it's themselves.
    """
    now = clock.now()
    with transaction.atomic():
        person = person_lock(person)
        engagement_possible(person=person, wish=wish)
        operation = engagement_agree_operation(person=person, wish=wish)
        changer = changer_of(authority=authority, operation=operation, person=person)
        if Role.EXTERNAL_AUDITOR not in person.roles:
            _role_give(person, changer)
        engagement = AuditorEngagement.objects.create(
            person=person,
            reports=sorted(wish.reports),
            starts_at=wish.starts_at,
            ends_at=wish.ends_at,
            agreed_by=changer,
            created_at=now,
        )
        _record(engagement, changer, Action.GRANT_MADE)
        sentence = (
            f"As an external auditor you may read {reports_in_words(wish.reports)}, "
            f"from {wish.starts_at:%Y-%m-%d %H:%M} to {wish.ends_at:%Y-%m-%d %H:%M} UTC."
        )
        change_tell(person=person, changer=changer, sentence=sentence)
    return engagement


def engagement_end(*, engagement: AuditorEngagement, authority: Authority) -> AuditorEngagement:
    """End an engagement before its time, at once.

    Raises:
        EngagementRefusedError: It's over already.
        AccountsError: The authority doesn't cover this.
    """
    now = clock.now()
    with transaction.atomic():
        person = person_lock(engagement.person)
        engagement = AuditorEngagement.objects.select_for_update().get(pk=engagement.pk)
        if engagement.is_over(now):
            raise EngagementRefusedError("This engagement is over already.")
        operation = engagement_end_operation(engagement=engagement)
        changer = changer_of(authority=authority, operation=operation, person=person)
        engagement.ended_at, engagement.ended_by = now, changer
        engagement.save(update_fields=["ended_at", "ended_by"])
        _record(engagement, changer, Action.GRANT_ENDED)
        change_tell(person=person, changer=changer, sentence="Your engagement as external auditor has ended.")
    return engagement


def engagement_possible(*, person: User, wish: EngagementWish) -> None:
    """Make sure that somebody can be engaged on these terms.

    Raises:
        EngagementRefusedError: They can't.
    """
    now = clock.now()
    engagement_check(reports=wish.reports, starts_at=wish.starts_at, ends_at=wish.ends_at, now=now)
    holds_grants = any(grant.is_live(now) for grant in person.grants.filter(ended_at=None))
    if person.roles - {Role.EXTERNAL_AUDITOR} or holds_grants:
        raise EngagementRefusedError(
            f"{person.name} has other roles or grants; an external auditor has none, only what they may read."
        )


def reports_in_words(reports: Collection[str]) -> str:
    """Name reports in a sentence; one that this version doesn't know stays as it's spelled."""
    words = [REPORT_WORDS.get(report, report) for report in sorted(reports)]
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _role_give(person: User, changer: User) -> None:
    person.groups.add(Group.objects.get(name=Role.EXTERNAL_AUDITOR.value))
    del person.roles
    audit_record(
        action=Action.ROLE_GRANTED,
        actor=changer.actor,
        now=clock.now(),
        subject=("person", str(person.pk)),
        detail={"role": Role.EXTERNAL_AUDITOR.value},
    )


def _record(engagement: AuditorEngagement, changer: User, action: Action) -> None:
    audit_record(
        action=action,
        actor=changer.actor,
        now=clock.now(),
        subject=("person", str(engagement.person_id)),
        detail={
            "engagement": engagement.pk,
            "reports": engagement.reports,
            "starts_at": engagement.starts_at.isoformat(),
            "ends_at": engagement.ends_at.isoformat(),
        },
    )
