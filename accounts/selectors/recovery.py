"""Who could let somebody in anew."""

from accounts.domain.authenticator_rules import FULL_KINDS
from accounts.domain.roles import Permission
from accounts.models import User
from accounts.selectors.authenticators import authenticators_held
from accounts.selectors.entitled import people_entitled


def recoverers_of(*, person: User) -> list[User]:
    """List the other administrators who can sign in and confirm: two of them can let this person in anew."""
    return [
        other
        for other in people_entitled(Permission.PEOPLE_MANAGE, other_than=person)
        if any(held.is_usable and held.kind in FULL_KINDS for held in authenticators_held(user=other))
    ]
