"""What machines may do and are told: tokens, trusted publishers, webhooks."""

from typing import Final

from compliance.desk.domain.report_content import ColumnKind
from compliance.desk.domain.reports.declaration import (
    LIMITS_OF_STATE,
    Basis,
    FilterKind,
    ReportColumn,
    ReportKind,
)
from compliance.ledger.domain.events import Action

MACHINES: Final = ReportKind(
    id="R1a",
    slug="machine-access",
    title="What machines may do",
    question="Which tokens, trusted publishers and webhooks are there, who made them, and are they used?",
    basis=Basis.STATE,
    columns=(
        ReportColumn(name="machine", header="Machine", kind=ColumnKind.CODE),
        ReportColumn(name="called", header="Called", is_personal=True),
        ReportColumn(name="app", header="App", kind=ColumnKind.CODE),
        ReportColumn(name="may", header="May"),
        ReportColumn(name="channels", header="Channels", kind=ColumnKind.CODE),
        ReportColumn(name="made_by", header="Made by", kind=ColumnKind.CODE),
        ReportColumn(name="made_at", header="Made (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="ends_at", header="Ends (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="last_used_at", header="Last used (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="state", header="State"),
        ReportColumn(name="decision", header="Keep or revoke"),
    ),
    actions=tuple(
        action
        for action in Action
        if action.value.startswith(("accounts:api_token:", "accounts:publisher:", "updates:webhook:"))
    ),
    limits=(
        *LIMITS_OF_STATE,
        (
            "Tokens that a trusted publisher was given live for minutes and have no row; each exchange is"
            " an entry in the pack."
        ),
        "A token does no more than who made it may do now. Their rights are in the report on access.",
        "Devices aren't machines in this sense: they hold no right on the console.",
    ),
    filters=(FilterKind.APP, FilterKind.PERSON),
    serves=("NIST SP 800-53: AC-2, AC-6, IA-3, IA-9, CA-3", "45 CFR 164.308(a)(4), 164.312(a)(1)"),
)
