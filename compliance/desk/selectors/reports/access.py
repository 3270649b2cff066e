"""Rows of “who has access”: one for each role, grant and engagement of everybody who can sign in."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from accounts.domain.engagements import REPORT_WORDS
from accounts.domain.roles import PERMISSION_WORDS, ROLE_PERMISSIONS, Role
from accounts.models import AuditorEngagement, Grant, User
from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.reports.declaration import Cell, Row
from compliance.desk.selectors.reports.log_rows import actor_plain
from compliance.desk.selectors.reports.times import time_cell
from compliance.ledger.domain.events import Action, Actor, ActorKind
from compliance.ledger.models import AuditEvent

_CHUNK: Final = 200


def access_rows(now: datetime, _period: Period) -> Iterator[Row]:
    """Read who holds what, person by person in the order of their numbers.

    Yields:
        A row for each thing that somebody holds; one that says so for who holds nothing.
    """
    people = User.objects.filter(is_active=True).order_by("pk").prefetch_related("groups")
    for person in people.iterator(chunk_size=_CHUNK):
        held = [*_roles(person), *_grants(person, now), *_engagements(person, now)]
        yield from held or [_row(person, holds="nothing")]


def _roles(person: User) -> Iterator[Row]:
    given = _roles_given(person)
    for role in sorted(person.roles):
        by, at = given.get(role.value, ("", None))
        words = sorted(PERMISSION_WORDS[each] for each in ROLE_PERMISSIONS[role])
        yield _row(person, holds=f"role {role.words}", permits="; ".join(words), by=by, at=at)


def _roles_given(person: User) -> Mapping[str, tuple[str, datetime]]:
    """Say who gave each role last, as the log has it."""
    given = AuditEvent.objects.filter(
        action=Action.ROLE_GRANTED.value, object_type="person", object_id=str(person.pk), outcome="done"
    )
    found: dict[str, tuple[str, datetime]] = {}
    for event in given.order_by("at", "number"):
        by = actor_plain(Actor(ActorKind(event.actor_kind), event.actor_id))
        found[str(event.facts.get("role", ""))] = (by, event.at)
    return found


def _grants(person: User, now: datetime) -> Iterator[Row]:
    for grant in Grant.objects.filter(person=person, ended_at=None).order_by("pk"):
        if grant.is_live(now):
            yield _row(
                person,
                holds=f"grant {grant.pk} ({grant.words})",
                permits=grant.words,
                place=str(grant.place),
                app=grant.app_id,
                by=f"person {grant.granted_by_id}" if grant.granted_by_id else "",
                at=grant.created_at,
                ends_at=grant.expires_at,
            )


def _engagements(person: User, now: datetime) -> Iterator[Row]:
    if Role.EXTERNAL_AUDITOR not in person.roles:
        return
    for engagement in AuditorEngagement.objects.filter(person=person, ended_at=None).order_by("pk"):
        if not engagement.is_over(now):
            yield _row(
                person,
                holds=f"engagement {engagement.pk} (to read {_read(engagement)})",
                permits=f"read {_read(engagement)}",
                by=f"person {engagement.agreed_by_id}" if engagement.agreed_by_id else "",
                at=engagement.created_at,
                ends_at=engagement.ends_at,
            )


def _read(engagement: AuditorEngagement) -> str:
    return ", ".join(REPORT_WORDS[each] for each in engagement.reports)


def _row(
    person: User,
    *,
    holds: str,
    permits: str = "",
    place: str = "the console",
    app: str = "",
    by: str = "",
    at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Row:
    cells: tuple[Cell, ...] = (
        f"person {person.pk}",
        person.name,
        person.email,
        holds,
        permits,
        place,
        by,
        time_cell(at),
        time_cell(ends_at),
        time_cell(person.last_login),
        None,
    )
    return Row(cells, app=app, person=str(person.pk))
