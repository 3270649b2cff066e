"""Signing keys: what was done with them, and how surely the console knew who did it."""

from typing import Final

from compliance.desk.domain.report_content import ColumnKind
from compliance.desk.domain.reports.declaration import (
    LIMITS_OF_ENTRIES,
    Basis,
    FilterKind,
    ReportColumn,
    ReportKind,
)
from compliance.desk.domain.reports.entry_columns import ENTRY_ACTION, ENTRY_BEGINS
from compliance.ledger.domain.events import Action

_OPERATIONS: Final = tuple(
    action
    for action in Action
    if action.value.startswith(("signing:key:", "signing:root:", "signing:delegation:", "signing:profile:"))
    or action in {Action.CLAIM_DEFINED, Action.CLAIM_REMOVED, Action.RECIPIENT_REMOVED}
)

KEY_OPERATIONS: Final = ReportKind(
    id="R3a",
    slug="key-operations",
    title="Key operations and their assurance",
    question="What was done with signing keys, by whom, and at which authenticator assurance level?",
    basis=Basis.ENTRIES,
    columns=(
        *ENTRY_BEGINS,
        ReportColumn(name="operation", header="Operation"),
        ReportColumn(name="outcome", header="Outcome"),
        ReportColumn(name="app", header="App", kind=ColumnKind.CODE),
        ReportColumn(name="purpose", header="Key for"),
        ReportColumn(name="kid", header="kid", kind=ColumnKind.CODE),
        ReportColumn(name="algorithm", header="Algorithm", kind=ColumnKind.CODE),
        ReportColumn(name="backend", header="Kept in", is_printed=False),
        ReportColumn(name="confirmed_with", header="Confirmed with"),
        ReportColumn(name="aal", header="AAL"),
        ReportColumn(name="confirmed_at", header="Confirmed (UTC)", kind=ColumnKind.TIME, is_printed=False),
        ENTRY_ACTION,
    ),
    actions=_OPERATIONS,
    limits=(
        *LIMITS_OF_ENTRIES,
        (
            "What the console does by itself (activating a key at its time, destroying material) has no"
            " confirmation, and its level is empty."
        ),
        (
            "The confirmation is the one of this operation, or of approving it, that the same person used"
            " within a minute of the entry. A level says what the authenticator was when it was bound:"
            " AAL3 for a device-bound security key that checked a PIN or a finger, AAL2 for everything"
            " else (NIST SP 800-63B-4). “none on record”: there was no confirmation, as of what is done at"
            " the host, and of keys that come with a new app."
        ),
        (
            "An operation that a second person approved stands with who approved it: what they confirmed"
            " made it happen. Who asked is in the entries of approvals."
        ),
    ),
    filters=(FilterKind.APP, FilterKind.PERSON, FilterKind.OUTCOME),
    serves=("NIST SP 800-53: IA-2(1), IA-2(2), SC-12, AU-12", "NIST SP 800-63B-4", "45 CFR 164.312(b), (d)"),
)
