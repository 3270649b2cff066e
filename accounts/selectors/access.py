"""Who is open to whom: what lists are narrowed to, and the table of who may do what and why."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, prefetch_related_objects

from accounts.domain.access import OpenTo, Place, Reason, access_reasons, access_reasons_inside
from accounts.domain.roles import Permission
from accounts.models import AuditorEngagement, Grant, User
from releaseconsole.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Cell:
    """What allows somebody a permission at a place; nothing in either: they may not.

    Attributes:
        permission: Which.
        reasons: What allows it there, all over the place.
        inside: What allows it on parts of the place, and on which.
    """

    permission: Permission
    reasons: tuple[Reason, ...]
    inside: tuple[tuple[Place, Reason], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A person's line of the table."""

    person: User
    cells: tuple[Cell, ...]

    @property
    def allowed(self) -> list[Cell]:
        """What they may do there, if only on a part of it."""
        return [cell for cell in self.cells if cell.reasons or cell.inside]


def apps_open_to(user: User) -> OpenTo:
    """Tell which apps somebody may look at, be it a single channel of them."""
    return user.apps_with(Permission.APP_VIEW)


def channels_open_to(user: User, *, app_id: str) -> OpenTo:
    """Tell which channels of an app somebody may look at."""
    return user.channels_with(Permission.APP_VIEW, app_id=app_id)


def people_found(*, person_id: int | None = None) -> QuerySet[User]:
    """People who can sign in, by name; who is deactivated may do nothing."""
    people = User.objects.filter(is_active=True)
    if person_id is not None:
        people = people.filter(pk=person_id)
    return people.order_by("name", "pk")


def person_get(*, person_id: int) -> User:
    """Find somebody, whether they can sign in or not.

    Raises:
        NotFoundError: There is nobody.
    """
    person = User.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFoundError("There is no such person.")
    return person


def access_lines(
    people: Iterable[User], *, place: Place, permissions: Iterable[Permission], now: datetime
) -> list[Line]:
    """Say for each person and permission what allows it at `place`; three queries, however many they are."""
    found, asked = list(people), tuple(permissions)
    prefetch_related_objects(found, "groups")
    standing = Grant.objects.filter(person__in=found, ended_at=None).select_related("granted_by")
    engaged = AuditorEngagement.objects.filter(person__in=found, ended_at=None)
    grants: dict[int, list[Grant]] = defaultdict(list)
    engagements: dict[int, list[AuditorEngagement]] = defaultdict(list)
    for grant in standing:
        grants[grant.person_id].append(grant)
    for engagement in engaged:
        engagements[engagement.person_id].append(engagement)
    lines = []
    for person in found:
        holdings = person.holdings_of(grants[person.pk], engagements[person.pk])
        cells = tuple(
            Cell(
                each,
                access_reasons(holdings, each, place, now=now),
                access_reasons_inside(holdings, each, place, now=now),
            )
            for each in asked
        )
        lines.append(Line(person, cells))
    return lines
