"""Exceptions: where the policy asks for less than its preset, and what was done around it."""

from typing import Final

from compliance.desk.domain.report_content import ColumnKind
from compliance.desk.domain.reports.declaration import (
    LIMITS_OF_STATE,
    Basis,
    ReportColumn,
    ReportKind,
)
from compliance.ledger.domain.events import Action

EXCEPTIONS: Final = ReportKind(
    id="R14",
    slug="exceptions",
    title="Policy, exceptions, and addressable decisions",
    question="Where is the policy less than its preset, who acted alone, and what was decided otherwise?",
    basis=Basis.STATE,
    columns=(
        ReportColumn(name="kind", header="Kind"),
        ReportColumn(name="what", header="What"),
        ReportColumn(name="asked_for", header="Preset asks for"),
        ReportColumn(name="in_force", header="In force"),
        ReportColumn(name="is_exception", header="Exception"),
        ReportColumn(name="since", header="Since (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="by", header="By", kind=ColumnKind.CODE),
        ReportColumn(name="reviewed_by", header="Reviewed by", kind=ColumnKind.CODE),
        ReportColumn(name="reviewed_at", header="Reviewed (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="note", header="Reason and note", is_personal=True),
    ),
    actions=(
        Action.POLICY_CHOSEN,
        Action.POLICY_CHANGED,
        Action.SIGN_OFF_RULES_CHANGED,
        Action.PROFILE_CHANGED,
        Action.PHI_LOWERED,
        Action.BREAK_GLASS_USED,
        Action.BREAK_GLASS_REVIEWED,
        Action.BOOTSTRAP_APPOINTED,
        Action.BOOTSTRAP_REVIEWED,
    ),
    limits=(
        *LIMITS_OF_STATE,
        (
            "A policy is what the console enforces. What people agreed on beside it isn't here, but for"
            " decisions on addressable specifications (45 CFR 164.306(d)) that an officer recorded."
        ),
        "Whether an exception is justified, the console doesn't judge: reason and review are people's words.",
    ),
    serves=("NIST SP 800-53: AC-5, CA-5, PL-2", "45 CFR 164.306(d), 164.316"),
)
