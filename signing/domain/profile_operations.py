"""Changes of a token profile, as operations that a fresh code confirms.

The facts hold what is replaced beside what replaces it: if somebody changes the profile between the page and
the code, what was confirmed isn't what would be done, and it's refused.
"""

from collections.abc import Mapping
from typing import Any, Final

from accounts.domain.operations import Operation

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
    """Name a change of settings: all of them as they are, and as they will be."""
    return Operation(
        "signing:profile:change", {"app_id": app_id, "before": dict(before), "after": dict(after)}
    )


def claim_operation(
    *, app_id: str, name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Operation:
    """Name a claim's definition (`after`) or removal (None); `before` is None where there's no such claim."""
    what = "signing:claim:define" if after is not None else "signing:claim:remove"
    facts = {
        "app_id": app_id,
        "name": name,
        "before": None if before is None else dict(before),
        "after": None if after is None else dict(after),
    }
    return Operation(what, facts)
