"""The audit log itself: who it was signed as, how verifications ended, where checkpoints are laid down."""

from typing import Final

from compliance.desk.domain.report_content import ColumnKind
from compliance.desk.domain.reports.declaration import (
    LIMITS_OF_STATE,
    Basis,
    ReportColumn,
    ReportKind,
)
from compliance.ledger.domain.events import Action

LOG_INTEGRITY: Final = ReportKind(
    id="R10",
    slug="log-integrity",
    title="Integrity of the audit log",
    question="Was the log verified, did it hold, and where do copies of its checkpoints rest?",
    basis=Basis.STATE,
    columns=(
        ReportColumn(name="what", header="What"),
        ReportColumn(name="at", header="When (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="size", header="Entries", kind=ColumnKind.NUMBER),
        ReportColumn(name="root", header="Root", kind=ColumnKind.CODE, is_printed=False),
        ReportColumn(name="result", header="Result"),
        ReportColumn(name="findings", header="Findings", kind=ColumnKind.NUMBER),
        ReportColumn(name="first_bad", header="First bad", kind=ColumnKind.NUMBER),
        ReportColumn(name="details", header="Details"),
    ),
    actions=(Action.LOG_VERIFIED, Action.LOG_RESTARTED, Action.ANCHOR_SET),
    limits=(
        *LIMITS_OF_STATE,
        (
            "That a verification held is a row that the console wrote. The entry that says so is in the"
            " pack; the proof is to verify the log from outside (`manage.py audit_verify`, or a pack of"
            " all of it)."
        ),
        "An anchor is a copy as far as the console knows. Compare one that rests elsewhere with this.",
        "Of checkpoints the first and the last of each name of the log are rows. There is one a minute.",
    ),
    serves=("NIST SP 800-53: AU-9, AU-9(3), AU-10, AU-5", "45 CFR 164.312(b), (c)(1)"),
)
