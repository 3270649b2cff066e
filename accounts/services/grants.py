"""Grants: one permission for one person on one app or channel, with a reason and perhaps an end.

An expired grant needs nobody to end it: it gives nothing from that moment on (`accounts.domain.access`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import models, transaction

from accounts.domain.access import Place
from accounts.domain.operations import Operation
from accounts.domain.roles import GRANTABLE, GRANTABLE_ON_CHANNEL, PERMISSION_WORDS, Permission, Role
from accounts.errors import GrantRefusedError
from accounts.models import Grant, User
from accounts.selectors.places import place_exists
from accounts.services.access_changes import change_tell, changer_of, person_lock
from accounts.services.authority import Authority
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

GRANT_MAKE: Final = "accounts:grant:make"
GRANT_END: Final = "accounts:grant:end"
LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class GrantWish:
    """What is to be granted.

    Attributes:
        permission: One of `GRANTABLE`.
        place: The app, or the channel of it.
        reason: Why; shown wherever the grant is.
        expires_at: From when not any more; None: when somebody ends it.
    """

    permission: Permission
    place: Place
    reason: str
    expires_at: datetime | None = None


def grant_make_operation(*, person: User, wish: GrantWish) -> Operation:
    """Name the making of a grant for somebody who has the roles that they have now."""
    facts = {
        "person": person.pk,
        "roles": sorted(person.roles),
        "permission": wish.permission.value,
        "app_id": wish.place.app_id,
        "channel": wish.place.channel,
        "reason": wish.reason,
        "expires_at": wish.expires_at.isoformat() if wish.expires_at else None,
    }
    return Operation(GRANT_MAKE, facts)


def grant_end_operation(*, grant: Grant) -> Operation:
    """Name the end of a grant."""
    return Operation(GRANT_END, {"grant": grant.pk, "person": grant.person_id})


def grant_make(*, person: User, wish: GrantWish, authority: Authority) -> Grant:
    """Give somebody a permission on an app or a channel.

    Raises:
        GrantRefusedError: It can't be given like this, there, or to them.
        AccountsError: The authority doesn't cover this, or it would be a grant to oneself.
    """
    now = clock.now()
    with transaction.atomic():
        person = person_lock(person)
        grant_check(person=person, wish=wish)
        operation = grant_make_operation(person=person, wish=wish)
        changer = changer_of(authority=authority, operation=operation, person=person)
        # The clock ended it; here it's only written down, to make room in the index of those still standing.
        _same(person, wish).update(ended_at=models.F("expires_at"))
        grant = Grant.objects.create(
            person=person,
            app_id=wish.place.app_id,
            channel=wish.place.channel,
            permission=wish.permission.value,
            reason=wish.reason.strip(),
            granted_by=changer,
            created_at=now,
            expires_at=wish.expires_at,
        )
        _record(grant, changer, Action.GRANT_MADE)
        until = f" until {wish.expires_at:%Y-%m-%d %H:%M} UTC" if wish.expires_at else ""
        sentence = f"You may {grant.words} on {grant.place}{until}. The reason given: {grant.reason}"
        change_tell(person=person, changer=changer, sentence=sentence)
    return grant


def grant_end(*, grant: Grant, authority: Authority) -> Grant:
    """End a grant at once; nothing of it is deleted.

    Raises:
        GrantRefusedError: It's over already.
        AccountsError: The authority doesn't cover this.
    """
    now = clock.now()
    with transaction.atomic():
        person = person_lock(grant.person)
        grant = Grant.objects.select_for_update().get(pk=grant.pk)
        if not grant.is_live(now):
            raise GrantRefusedError("This grant is over already.")
        operation = grant_end_operation(grant=grant)
        changer = changer_of(authority=authority, operation=operation, person=person)
        grant.ended_at, grant.ended_by = now, changer
        grant.save(update_fields=["ended_at", "ended_by"])
        _record(grant, changer, Action.GRANT_ENDED)
        sentence = f"Your grant to {grant.words} on {grant.place} has been ended."
        change_tell(person=person, changer=changer, sentence=sentence)
    return grant


def grant_check(*, person: User, wish: GrantWish) -> None:
    """Make sure that a grant can be made.

    Raises:
        GrantRefusedError: It can't.
    """
    now = clock.now()
    possible = GRANTABLE_ON_CHANNEL if wish.place.channel else GRANTABLE
    if wish.permission not in possible:
        on = "a channel" if wish.place.channel else "an app"
        raise GrantRefusedError(f"Nobody can be given this on {on}: {PERMISSION_WORDS[wish.permission]}.")
    if not place_exists(wish.place):
        raise GrantRefusedError(f"There is no {wish.place}.")
    if not 0 < len(wish.reason.strip()) <= LONGEST_REASON:
        raise GrantRefusedError(f"Give a reason, in {LONGEST_REASON} characters at most.")
    if wish.expires_at is not None and wish.expires_at <= now:
        raise GrantRefusedError("A grant ends in the future.")
    if Role.EXTERNAL_AUDITOR in person.roles:
        raise GrantRefusedError(f"{person.name} is an external auditor, who only reads reports.")
    if any(grant.is_live(now) for grant in _same(person, wish)):
        raise GrantRefusedError(f"{person.name} has this grant already; end it to make another.")


def _same(person: User, wish: GrantWish) -> models.QuerySet[Grant]:
    """Grants of the very same thing that nobody has ended; one at most, as the database sees to."""
    return Grant.objects.filter(
        person=person,
        app_id=wish.place.app_id,
        channel=wish.place.channel,
        permission=wish.permission.value,
        ended_at=None,
    )


def _record(grant: Grant, changer: User, action: Action) -> None:
    audit_record(
        action=action,
        actor=changer.actor,
        now=clock.now(),
        app_id=grant.app_id,
        subject=("person", str(grant.person_id)),
        detail={
            "grant": grant.pk,
            "permission": grant.permission,
            "channel": grant.channel,
            "expires_at": grant.expires_at.isoformat() if grant.expires_at else None,
        },
    )
