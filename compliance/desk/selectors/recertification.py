"""Reading reviews of access, and what there is to be reviewed."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from accounts.domain.roles import Role
from accounts.models import AuditorEngagement, Grant, User
from compliance.desk.models.recertification import (
    Decision,
    HeldKind,
    RecertificationCampaign,
    RecertificationLine,
)
from compliance.ledger.domain.events import Action, ActorKind
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel.errors import NotFoundError

# By the names that the model has for them.
_COUNTS: Final[dict[str, Any]] = {
    "held": Count("lines"),
    "undecided": Count("lines", filter=Q(lines__decision=Decision.OPEN)),
    "waiting": Count("lines", filter=Q(lines__decision=Decision.REVOKE, lines__carried_out_at=None)),
    "revoked": Count("lines", filter=Q(lines__decision=Decision.REVOKE)),
}


@dataclass(frozen=True, slots=True)
class PersonLines:
    """Everything of one person in a review."""

    person: User
    lines: list[RecertificationLine] = field(default_factory=list)

    @property
    def undecided(self) -> int:
        """How much of it nobody has decided about."""
        return sum(line.decision == Decision.OPEN for line in self.lines)


def campaigns_all() -> QuerySet[RecertificationCampaign]:
    """List all reviews, the newest first, each with its counts (`held`, `undecided`, `waiting`)."""
    return (
        RecertificationCampaign.objects
        .select_related("opened_by", "closed_by")
        .annotate(**_COUNTS)
        .order_by("-quarter")
    )


def campaign_get(*, campaign_id: int) -> RecertificationCampaign:
    """Find one.

    Raises:
        NotFoundError: There's none.
    """
    found = campaigns_all().filter(pk=campaign_id).first()
    if found is None:
        raise NotFoundError("There's no such review of access.")
    return found


def campaign_people(
    campaign: RecertificationCampaign, *, now: datetime, person_id: int | None = None
) -> list[PersonLines]:
    """List what a review holds, person by person; what was taken since is told before it's noted."""
    lines = campaign.lines.select_related("person", "decided_by", "given_by")
    if person_id is not None:
        lines = lines.filter(person=person_id)
    found: dict[int, PersonLines] = {}
    for line in lines:
        if line.waits:
            line.carried_out_at = holding_lost_at(line, opened_at=campaign.opened_at, now=now)
        found.setdefault(line.person_id, PersonLines(line.person)).lines.append(line)
    return list(found.values())


def access_held(now: datetime) -> Iterator[RecertificationLine]:
    """Describe each role, grant and engagement that anybody holds, as lines that aren't stored yet.

    Of those who can't sign in, too: what they hold comes back with them. What the clock has ended is left
    out.

    Yields:
        Lines without a campaign.
    """
    grants: dict[int, list[Grant]] = defaultdict(list)
    engagements: dict[int, list[AuditorEngagement]] = defaultdict(list)
    for grant in Grant.objects.filter(ended_at=None):
        if grant.is_live(now):
            grants[grant.person_id].append(grant)
    for engagement in AuditorEngagement.objects.filter(ended_at=None, ends_at__gt=now):
        engagements[engagement.person_id].append(engagement)
    givers = _role_givers()
    for person in User.objects.order_by("name", "pk").prefetch_related("groups"):
        for role in sorted(person.roles):
            yield _line(person, HeldKind.ROLE, role.value, **givers.get((str(person.pk), role.value), {}))
        for each in grants[person.pk]:
            yield _line(
                person,
                HeldKind.GRANT,
                each.permission,
                holding_id=each.pk,
                app_id=each.app_id,
                channel=each.channel,
                given_at=each.created_at,
                given_by_id=each.granted_by_id,
                expires_at=each.expires_at,
            )
        for one in engagements[person.pk]:
            yield _line(
                person,
                HeldKind.ENGAGEMENT,
                " ".join(one.reports),
                holding_id=one.pk,
                given_at=one.created_at,
                given_by_id=one.agreed_by_id,
                expires_at=one.ends_at,
            )


def holding_lost_at(line: RecertificationLine, *, opened_at: datetime, now: datetime) -> datetime | None:
    """Say when somebody lost what a line is about; None: they have it still.

    A role that was taken and given again is another holding, for the next review.
    """
    match HeldKind(line.kind):
        case HeldKind.GRANT:
            grant = Grant.objects.get(pk=line.holding_id)
            return None if grant.is_live(now) else grant.ended_at or grant.expires_at
        case HeldKind.ENGAGEMENT:
            engagement = AuditorEngagement.objects.get(pk=line.holding_id)
            return (engagement.ended_at or engagement.ends_at) if engagement.is_over(now) else None
        case _:
            return _role_lost_at(line, opened_at=opened_at)


def lines_waiting() -> QuerySet[RecertificationLine]:
    """List what is to be revoked and hasn't been, the oldest decision first."""
    waiting = RecertificationLine.objects.filter(decision=Decision.REVOKE, carried_out_at=None)
    return waiting.select_related("campaign", "person", "decided_by").order_by("decided_at", "pk")


def _role_lost_at(line: RecertificationLine, *, opened_at: datetime) -> datetime | None:
    taken = AuditEvent.objects.filter(
        action=Action.ROLE_REVOKED.value,
        object_type="person",
        object_id=str(line.person_id),
        at__gte=opened_at,
    )
    for event in taken.select_related("content").order_by("number"):
        if event.facts.get("role") == line.what:
            return event.at
    # Without an event that says so: a role can vanish by hands in the database only.
    return None


def _role_givers() -> dict[tuple[str, str], dict[str, object]]:
    """Say who gave which role to whom last, and when; as the audit log has it."""
    found: dict[tuple[str, str], dict[str, object]] = {}
    people = set(User.objects.values_list("pk", flat=True))
    given = AuditEvent.objects.filter(action=Action.ROLE_GRANTED.value, object_type="person")
    for event in given.select_related("content").order_by("number"):
        is_person = event.actor_kind == ActorKind.PERSON.value and event.actor_id.isdigit()
        giver = int(event.actor_id) if is_person else None
        found[event.object_id, str(event.facts.get("role"))] = {
            "given_at": event.at,
            "given_by_id": giver if giver in people else None,
        }
    return found


def _line(person: User, kind: HeldKind, what: str, **more: object) -> RecertificationLine:
    return RecertificationLine(
        person=person,
        kind=kind,
        what=what,
        could_sign_in=person.is_active,
        last_seen_at=person.last_login,
        **more,
    )


def is_officer(person: User) -> bool:
    """Whether somebody holds the officer's role, able to sign in or not."""
    return Role.COMPLIANCE_OFFICER in person.roles
