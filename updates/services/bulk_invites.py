"""Inviting many people into a group at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from compliance.ledger.domain.events import Actor
from updates.domain.invite_list import Invitee
from updates.errors import ConflictError
from updates.models import TesterGroup
from updates.services.testers import Invited, tester_invite


@dataclass(frozen=True, slots=True)
class ManyInvited:
    """Whom a list invited.

    Attributes:
        made: Their invites; links only where they weren't mailed.
        known: Who has an invite or is in the group already, by now.
    """

    made: tuple[tuple[Invitee, Invited], ...]
    known: tuple[Invitee, ...]


def testers_invite(
    *, group: TesterGroup, invitees: Sequence[Invitee], send: bool, actor: Actor, person: User | None
) -> ManyInvited:
    """Invite all of them or, where anything is wrong, nobody; who is known already gets nothing again.

    Raises:
        InvalidValueError: A name or an address isn't acceptable.
        TesterStateError: The group has ended, or somebody's data is about to be erased.
    """
    made, known = [], []
    with transaction.atomic():
        for invitee in invitees:
            try:
                invited = tester_invite(
                    group=group,
                    name=invitee.name,
                    email=invitee.email,
                    send=send,
                    actor=actor,
                    person=person,
                )
            except ConflictError:  # somebody else was faster, or the same form came twice
                known.append(invitee)
            else:
                made.append((invitee, invited))
    return ManyInvited(tuple(made), tuple(known))
