"""Which sign-offs a channel wants, and who could give them."""

from collections import Counter
from itertools import chain

from accounts.domain.access import Place
from accounts.domain.roles import Permission
from accounts.selectors.entitled import people_entitled
from updates.domain.sign_off_rules import ANYONE, Requirement
from updates.models import Channel


def requirements_of(channel: Channel) -> tuple[Requirement, ...]:
    """List what a channel wants signed, by role; nothing: no release there needs a sign-off."""
    return tuple(sorted(Requirement(row.role, row.count) for row in channel.sign_off_requirements.all()))


def signers_of(channel: Channel) -> dict[int, frozenset[str]]:
    """Name the roles of each active person who may sign off on a channel."""
    people = people_entitled(Permission.RELEASE_APPROVE, place=Place(channel.app_id, channel.name))
    return {user.pk: frozenset(role.value for role in user.roles) for user in people}


def signers_by_role(channel: Channel) -> dict[str, int]:
    """Count who could sign off on a channel, by role; under the empty one all of them."""
    signers = signers_of(channel).values()
    return dict(Counter(chain.from_iterable({ANYONE, *roles} for roles in signers)))
