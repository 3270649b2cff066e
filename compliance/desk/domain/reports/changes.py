"""Changes of configuration and privilege, and what took two people."""

from typing import Final

from compliance.desk.domain.reports.declaration import (
    LIMITS_OF_ENTRIES,
    Basis,
    FilterKind,
    ReportKind,
)
from compliance.desk.domain.reports.entry_columns import ENTRY_COLUMNS
from compliance.ledger.domain.events import Action

_CHANGED: Final = (
    "accounts:policy:",
    "accounts:role:",
    "accounts:grant:",
    "accounts:person:",
    "accounts:identity:",
    "accounts:publisher:re",  # registered and removed; what jobs do under it is no change
    "accounts:api_token:",
    "accounts:console:",
    "signing:profile:",
    "signing:claim:",
    "signing:phi:",
    "compliance:phi:declare",
    "compliance:module_certificate:",
    "signing:recipient:",
    "updates:app:",
    "updates:channel:",
    "updates:channel_freeze:",
    "updates:sign_off_rules:",
    "updates:webhook:",
)

CHANGES: Final = ReportKind(
    id="R11",
    slug="changes",
    title="Changes of configuration and privilege",
    question="Which settings, policies, roles and rights were changed, by whom, from what to what?",
    basis=Basis.ENTRIES,
    columns=ENTRY_COLUMNS,
    actions=tuple(action for action in Action if action.value.startswith(_CHANGED)),
    limits=(
        *LIMITS_OF_ENTRIES,
        (
            "Settings that are read from the environment when the console starts aren't in its log:"
            " whoever runs the host has their history."
        ),
        "Secrets are never in an entry, neither the old one nor the new one; that one was changed is.",
    ),
    filters=(FilterKind.APP, FilterKind.PERSON, FilterKind.OUTCOME),
    serves=("NIST SP 800-53: CM-3, CM-5, AC-2(4), AU-12", "45 CFR 164.308(a)(4)(ii)(C)"),
)

TWO_PEOPLE: Final = ReportKind(
    id="R4a",
    slug="approvals",
    title="Approvals by a second person",
    question="What was asked of a second person, who decided it, and what was done without one?",
    basis=Basis.ENTRIES,
    columns=ENTRY_COLUMNS,
    actions=tuple(
        action
        for action in Action
        if action.value.startswith(("accounts:approval:", "accounts:break_glass:", "accounts:bootstrap:"))
    ),
    limits=(
        *LIMITS_OF_ENTRIES,
        (
            "Operations that policy leaves to one person aren't here. Which those are stands under"
            " “Policy in force”; what was done is in the reports on keys and on changes."
        ),
        "Sign-offs of releases are in the report on releases.",
    ),
    filters=(FilterKind.APP, FilterKind.PERSON, FilterKind.OUTCOME),
    serves=("NIST SP 800-53: AC-3(2), AC-5, CM-3, SC-12", "45 CFR 164.308(a)(3)(ii)(A)"),
)
