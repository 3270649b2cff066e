"""What became of data: what was erased or kept, and who saw or took it."""

from typing import Final

from compliance.desk.domain.reports.declaration import (
    LIMITS_OF_ENTRIES,
    Basis,
    FilterKind,
    ReportKind,
)
from compliance.desk.domain.reports.entry_columns import ENTRY_COLUMNS
from compliance.ledger.domain.events import Action

RETENTION: Final = ReportKind(
    id="R12",
    slug="retention",
    title="Retention and erasure",
    question="What was erased because its time was over or because somebody asked, and what is on hold?",
    basis=Basis.ENTRIES,
    columns=ENTRY_COLUMNS,
    actions=(
        Action.CONTENT_EXPIRED,
        Action.DISCLOSURES_ERASED,
        Action.HOLD_PLACED,
        Action.HOLD_LIFTED,
        Action.ERASURE_PLANNED,
        Action.ERASURE_STARTED,
        Action.ERASURE_STUCK,
        Action.ERASURE_COMPLETED,
        Action.ERASURES_REPLAYED,
        Action.SUPPRESSION_LIFTED,
        Action.PRIVACY_PURGED,
        Action.TESTER_DELETION_REQUESTED,
        Action.TESTER_ERASED,
        Action.BUNDLE_REMOVED,
        Action.EXPORT_REMOVED,
        Action.KEY_MATERIAL_DESTROYED,
    ),
    limits=(
        *LIMITS_OF_ENTRIES,
        (
            "Telemetry of devices goes by the clock, in bulk, and without an entry each time. Its periods"
            " are in the documentation on telemetry."
        ),
        "Backups and copies of exports are outside the console: erasing here doesn't reach them.",
    ),
    filters=(FilterKind.APP, FilterKind.PERSON, FilterKind.OUTCOME),
    serves=(
        "NIST SP 800-53: AU-11, SI-12, MP-6",
        "CCPA regulations § 7022 (text of 2023)",
        "45 CFR 164.316(b)(2)",
    ),
)

DATA_ACCESS: Final = ReportKind(
    id="R13",
    slug="exports-and-data-access",
    title="Exports and access to personal data",
    question="Who exported, downloaded or was handed what, and who looked for people in the audit log?",
    basis=Basis.ENTRIES,
    columns=ENTRY_COLUMNS,
    actions=tuple(
        action
        for action in Action
        if action.value.startswith(("compliance:export:", "compliance:report:", "compliance:log:"))
        or action
        in {
            Action.ACCESS_EXPORTED,
            Action.AUDIT_PACK_DELIVERED,
            Action.AUDIT_PACK_OPENED,
            Action.AUDIT_PACK_SHUT,
            Action.PROOF_TAKEN,
            Action.DELEGATION_EXPORTED,
            Action.BACKEND_SECRET_HANDED_OUT,
            Action.PRIVACY_CONTACT_SHOWN,
            Action.PRIVACY_LETTER_TAKEN,
            Action.PRIVACY_PACKAGE_TAKEN,
            Action.PRIVACY_REGISTER_TAKEN,
            Action.INVENTORY_TAKEN,
        }
    ),
    limits=(
        *LIMITS_OF_ENTRIES,
        "Pages that show a person's own data to that person aren't entries of the log.",
        (
            "What somebody does with a copy outside the console isn't recorded; who was handed one is, as"
            " far as somebody noted it."
        ),
    ),
    filters=(FilterKind.PERSON, FilterKind.OUTCOME),
    serves=("NIST SP 800-53: AU-6, AU-12, AU-13", "45 CFR 164.308(a)(1)(ii)(D), 164.312(b)"),
)
