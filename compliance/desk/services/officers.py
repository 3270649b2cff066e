"""Letters to compliance officers, which the ledger asks for without knowing who they are."""

from collections.abc import Mapping
from typing import Any

from accounts.domain.roles import Permission
from accounts.selectors.entitled import people_entitled
from accounts.services.mail import letter_write


def officers_write(*, template: str, context: Mapping[str, Any]) -> int:
    """Write one letter to each compliance officer, in the caller's transaction; returns how many."""
    officers = people_entitled(Permission.PRIVACY_MANAGE)
    for officer in officers:
        letter_write(to=officer, template=template, context=context)
    return len(officers)
