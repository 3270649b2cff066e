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
    *,
    app_id: str,
    name: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    handles_phi: bool,
) -> Operation:
    """Name a claim's definition (`after`) or removal (None); `before` is None where there's no such claim.

    What lowers the protection of health data has a name of its own (`claim_is_lowered`).
    """
    what = "signing:claim:define" if after is not None else "signing:claim:remove"
    classes = [None if each is None else str(each["class"]) for each in (before, after)]
    if claim_is_lowered(classes[0], classes[1], handles_phi=handles_phi):
        what = PHI_CLAIM_LOWER
    facts = {
        "app_id": app_id,
        "name": name,
        "before": None if before is None else dict(before),
        "after": None if after is None else dict(after),
    }
    return Operation(what, facts)


def claim_is_lowered(before: str | None, after: str | None, *, handles_phi: bool) -> bool:
    """Say whether a claim's class goes from one that counts as health data to one that doesn't.

    In an app that handles PHI, what nobody classified counts as PHI. Removing such a claim lowers it, too, or
    else it could be defined anew with another class by one person.

    Args:
        before: Its class; empty: not classified; None: there's no such claim.
        after: What it will be; None: it's removed.
        handles_phi: Whether the app does.
    """
    if before == ClaimClass.PHI:
        return after != ClaimClass.PHI
    return handles_phi and before == "" and after not in {"", ClaimClass.PHI}
