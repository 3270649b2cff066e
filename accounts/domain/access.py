"""Who may do what, and why: one rule for pages, API calls, operations and the table of permissions.

A role gives its permissions on the whole console. A grant gives one permission on one app, or on one channel
of it; whoever may do something there may also look at it, so every grant opens the pages of its place. An
engagement opens reports to an external auditor. Grants and engagements end by the clock: nothing has to run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from accounts.domain.engagements import Engagement
from accounts.domain.roles import (
    GRANTABLE,
    GRANTABLE_ON_CHANNEL,
    ROLE_PERMISSIONS,
    Permission,
    Role,
)


class All(Enum):
    """Stands for every app, or every channel of an app, also those that are made later."""

    ALL = "all"


# What lists are narrowed to: everything, or just these ids or names.
OpenTo = All | frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """What is asked about: the console as a whole, one app, or one channel of it."""

    app_id: str = ""
    channel: str = ""

    def __post_init__(self) -> None:
        """Refuse a channel of no app.

        Raises:
            ValueError: There's a channel without its app.
        """
        if self.channel and not self.app_id:
            raise ValueError(self.channel)

    def __str__(self) -> str:
        """Write it as pages do."""
        return " / ".join(filter(None, (self.app_id, self.channel))) or "the console"

    def covers(self, other: "Place") -> bool:
        """Whether what holds here holds there: on an app for each of its channels, never the other way."""
        return self.app_id == other.app_id and self.channel in {"", other.channel}

    def contains(self, other: "Place") -> bool:
        """Whether `other` is a part of this: an app of the console, a channel of an app."""
        return self != other and self.channel == "" and self.app_id in {"", other.app_id}


CONSOLE: Final = Place()

_ON_CHANNEL: Final = GRANTABLE_ON_CHANNEL | {Permission.CHANNEL_MANAGE}
_ON_APP: Final = GRANTABLE | {
    Permission.CHANNEL_MANAGE,
    Permission.KEY_VIEW,
    Permission.KEY_OPERATE,
    Permission.TOKEN_VERIFY,
    Permission.TOKEN_ISSUE,
    Permission.API_TOKEN_MANAGE,
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as decisions need it.

    Attributes:
        id: By which it's found.
        permission: What it gives.
        place: Where.
        granted_by: Name of who made it; empty: they have been erased.
        expires_at: From when it gives nothing any more; None: when somebody ends it.
    """

    id: int
    permission: Permission
    place: Place
    granted_by: str = ""
    expires_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether it gives anything now."""
        return self.expires_at is None or now < self.expires_at

    def gives(self, permission: Permission) -> bool:
        """Whether `permission` is in it; the right to look is in each."""
        return permission in {self.permission, Permission.APP_VIEW}


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that somebody holds, live or not."""

    roles: frozenset[Role] = frozenset()
    grants: tuple[Grant, ...] = ()
    engagements: tuple[Engagement, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that allows something; a person may have several.

    Attributes:
        words: For people, without the end.
        until: When it ends; None: not by itself.
    """

    words: str
    until: datetime | None = None

    def __str__(self) -> str:
        """Write it with its end in UTC, for files."""
        return f"{self.words} until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else self.words


def access_reasons(
    holdings: Holdings, permission: Permission, place: Place = CONSOLE, *, now: datetime
) -> tuple[Reason, ...]:
    """Say what allows `permission` at `place`; nothing said: it isn't allowed."""
    return (*_of_roles(holdings, permission), *_of_grants(holdings, permission, place, now))


def access_reasons_inside(
    holdings: Holdings, permission: Permission, place: Place, *, now: datetime
) -> tuple[tuple[Place, Reason], ...]:
    """Say what allows `permission` on a part of `place` only, and on which."""
    live = _live(holdings, permission, now)
    return tuple((grant.place, _reason(grant)) for grant in live if place.contains(grant.place))


def permissions_at(place: Place) -> tuple[Permission, ...]:
    """List what there is to do at a place."""
    if place == CONSOLE:
        return tuple(Permission)
    there = _ON_CHANNEL if place.channel else _ON_APP
    return tuple(permission for permission in Permission if permission in there)


def access_open_channels(holdings: Holdings, permission: Permission, app_id: str, *, now: datetime) -> OpenTo:
    """Tell on which channels of an app `permission` is held."""
    if access_reasons(holdings, permission, Place(app_id), now=now):
        return All.ALL
    live = _live(holdings, permission, now)
    return frozenset(grant.place.channel for grant in live if grant.place.app_id == app_id)


def access_open_apps(holdings: Holdings, permission: Permission, *, now: datetime) -> OpenTo:
    """Tell on which apps `permission` is held, be it on a single channel of them."""
    if access_reasons(holdings, permission, now=now):
        return All.ALL
    return frozenset(grant.place.app_id for grant in _live(holdings, permission, now))


def _of_roles(holdings: Holdings, permission: Permission) -> Iterator[Reason]:
    for role in sorted(holdings.roles):
        if permission in ROLE_PERMISSIONS[role]:
            yield Reason(f"role {role.words}")


def _of_grants(holdings: Holdings, permission: Permission, place: Place, now: datetime) -> Iterator[Reason]:
    for grant in _live(holdings, permission, now):
        if grant.place.covers(place):
            yield _reason(grant)
    # An engagement counts with the role only: whoever loses the role is out at once.
    if Role.EXTERNAL_AUDITOR in holdings.roles:
        for engagement in holdings.engagements:
            if engagement.opens(permission, now):
                yield Reason(f"engagement {engagement.id} as external auditor", engagement.ends_at)


def _reason(grant: Grant) -> Reason:
    by = f" by {grant.granted_by}" if grant.granted_by else ""
    return Reason(f"grant {grant.id}{by}", grant.expires_at)


def _live(holdings: Holdings, permission: Permission, now: datetime) -> list[Grant]:
    return [grant for grant in holdings.grants if grant.gives(permission) and grant.is_live(now)]
