"""What was tried and refused: sign-ins, confirmations, pages, publishers, tokens."""

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

REFUSALS: Final = ReportKind(
    id="R9",
    slug="refusals",
    title="Failed sign-ins and denied actions",
    question="What was tried and refused, by whom, and why?",
    basis=Basis.ENTRIES,
    columns=(
        *ENTRY_BEGINS,
        ReportColumn(name="what", header="What"),
        ReportColumn(name="outcome", header="Outcome"),
        ReportColumn(name="about", header="About", kind=ColumnKind.CODE),
        ReportColumn(name="why", header="Why"),
        ReportColumn(name="where", header="Where", is_personal=True),
        ENTRY_ACTION,
    ),
    actions=(
        Action.SIGN_IN_REFUSED,
        Action.STEP_UP_REFUSED,
        Action.ACCESS_DENIED,
        Action.AUTHENTICATOR_SUSPECTED,
        Action.PUBLISHER_REFUSED,
        Action.TOKEN_REFUSED,
        Action.BUNDLE_REFUSED,
        Action.APPROVAL_REJECTED,
        Action.APPROVAL_FAILED,
        Action.RELEASE_REJECTED,
    ),
    limits=(
        *LIMITS_OF_ENTRIES,
        (
            "Refusals of devices (a manifest that isn't theirs, a signature that doesn't hold) are"
            " counted in telemetry and aren't entries of the log."
        ),
        (
            "Requests that were throttled before anybody looked at them aren't entries: only the attempt"
            " that was judged is."
        ),
        "An attempt on an address that nobody here has is recorded without the address.",
    ),
    filters=(FilterKind.APP, FilterKind.PERSON),
    serves=("NIST SP 800-53: AC-7, AU-6", "45 CFR 164.308(a)(1)(ii)(D), (a)(5)(ii)(C)"),
)
