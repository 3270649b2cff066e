"""Changes of a token profile, as operations that a fresh code confirms.

The facts hold what is replaced beside what replaces it: if somebody changes the profile between the page and
the code, what was confirmed isn't what would be done, and it's refused.
"""

from collections.abc import Mapping
from typing import Any, Final

from accounts.domain.operations import Operation
from accounts.domain.policy import PHI_CLAIM_LOWER, PHI_LOWER
from signing.domain.claim_class import ClaimClass

# What a profile can be told, as its columns are called.
SETTINGS: Final = (
    "algorithm",
    "backend_algorithm",
    "issues_backend_tokens",
    "handles_phi",
    "encrypts_personal",
    "devices_may_register",
)


def profile_operation(*, app_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Operation:
    """Name a change of settings: all of them as they are, and as they will be.

    One that lowers the PHI flag has a name of its own, whatever else it changes: it always takes two people.
    """
    what = PHI_LOWER if before["handles_phi"] and not after["handles_phi"] else "signing:profile:change"
    return Operation(what, {"app_id": app_id, "before": dict(before), "after": dict(after)})


def claim_operation(
    *, app_id: str, name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Operation:
    """Name a claim's definition (`after`) or removal (None); `before` is None where there's no such claim.

    What takes the class PHI from a claim has a name of its own; so does its removal, or else it could be
    defined anew with another class by one person.
    """
    what = "signing:claim:define" if after is not None else "signing:claim:remove"
    if _is_phi(before) and not _is_phi(after):
        what = PHI_CLAIM_LOWER
    facts = {
        "app_id": app_id,
        "name": name,
        "before": None if before is None else dict(before),
        "after": None if after is None else dict(after),
    }
    return Operation(what, facts)


def _is_phi(definition: Mapping[str, Any] | None) -> bool:
    return definition is not None and definition["class"] == ClaimClass.PHI
