"""Letters to compliance officers, which the ledger asks for without knowing who they are."""

from collections.abc import Mapping
from typing import Any

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.selectors.entitled import people_entitled
from accounts.services.mail import letter_write


def people_in_charge() -> list[User]:
    """Return who handles personal data or, where nobody does, who can appoint somebody that will."""
    return people_entitled(Permission.PRIVACY_MANAGE) or people_entitled(Permission.PEOPLE_MANAGE)


def officers_write(*, template: str, context: Mapping[str, Any]) -> int:
    """Write one letter to each compliance officer, in the caller's transaction; returns how many."""
    officers = people_entitled(Permission.PRIVACY_MANAGE)
    for officer in officers:
        letter_write(to=officer, template=template, context=context)
    return len(officers)
