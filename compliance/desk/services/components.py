"""Saying of a component of a cybersecurity audit how it stands; a later word replaces an earlier one."""

from typing import Final

from django.db import transaction

from accounts.domain.roles import Permission
from accounts.models import User
from compliance.desk.domain.cybersecurity import COMPONENTS, Standing
from compliance.desk.errors import ComponentWordsError
from compliance.desk.models import ComponentStatement
from compliance.desk.services.requiring import right_require
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

LONGEST_REASON: Final = 1000


def component_state(*, number: int, standing: Standing, reason: str, user: User) -> ComponentStatement:
    """Put on record that a component applies, has evidence elsewhere, or doesn't apply, and why.

    Raises:
        PermissionDeniedError: They are no compliance officer.
        ComponentWordsError: There's no such component, or nobody says why.
    """
    now, said = clock.now(), reason.strip()
    if number not in COMPONENTS or standing is Standing.UNSAID or not 0 < len(said) <= LONGEST_REASON:
        raise ComponentWordsError
    with transaction.atomic():
        right_require(user, Permission.PRIVACY_MANAGE)
        in_force = ComponentStatement.objects.select_for_update().filter(component=number, replaced_at=None)
        for earlier in in_force:
            earlier.replaced_at = now
            earlier.save(update_fields=["replaced_at"])
        statement = ComponentStatement.objects.create(
            component=number, standing=standing.value, reason=said, said_by=user, said_at=now
        )
        audit_record(
            action=Action.COMPONENT_STATED,
            actor=user.actor,
            now=now,
            subject=("component", str(number)),
            detail={"standing": standing.value, "reason": said},
        )
    return statement
