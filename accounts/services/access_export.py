"""Taking the table of who may do what out of the console: it names everybody, with their addresses."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.domain.access import Place
from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError
from accounts.models import StepUp, User
from accounts.selectors.access import Line, access_lines, people_found
from accounts.services.step_up import step_up_use
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


@dataclass(frozen=True, slots=True)
class ExportWish:
    """Which part of the table.

    Attributes:
        place: The console, an app or a channel.
        permissions: Its columns.
        person_id: The only person; None: everybody.
    """

    place: Place
    permissions: Sequence[Permission]
    person_id: int | None = None


def access_export_operation(*, wish: ExportWish) -> Operation:
    """Name what is confirmed: that exactly this part is taken."""
    facts = {
        "app_id": wish.place.app_id,
        "channel": wish.place.channel,
        "permissions": [permission.value for permission in wish.permissions],
        "person": wish.person_id,
    }
    return Operation("accounts:access:export", facts)


def access_export(*, wish: ExportWish, step_up: StepUp) -> list[Line]:
    """Take a part of the table, on record.

    Raises:
        StepUpRequiredError: The confirmation is of something else, or isn't good any more.
        PermissionDeniedError: Whoever confirmed it may not see who may do what.
    """
    now, operation = clock.now(), access_export_operation(wish=wish)
    with transaction.atomic():
        confirmed = step_up_use(step_up=step_up, operation=operation)
        reader = User.objects.get(pk=confirmed.pk)
        if not reader.may(Permission.ACCESS_VIEW):
            raise PermissionDeniedError(Permission.ACCESS_VIEW.value)
        people = people_found(person_id=wish.person_id)
        lines = access_lines(people, place=wish.place, permissions=wish.permissions, now=now)
        audit_record(
            action=Action.ACCESS_EXPORTED,
            actor=reader.actor,
            now=now,
            app_id=wish.place.app_id,
            detail={**operation.facts, "people": len(lines)},
        )
    return lines
