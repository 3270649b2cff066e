"""Who has access: roles, grants and engagements of everybody who can sign in."""

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

ACCESS: Final = ReportKind(
    id="R1",
    slug="who-has-access",
    title="Who has access",
    question="Who may do what on this console, who gave it to them, and when did they last sign in?",
    basis=Basis.STATE,
    columns=(
        ReportColumn(name="person", header="Person", kind=ColumnKind.CODE),
        ReportColumn(name="name", header="Name", is_personal=True),
        ReportColumn(name="email", header="Address", is_personal=True),
        ReportColumn(name="holds", header="Holds"),
        ReportColumn(name="permits", header="Which is to", is_printed=False),
        ReportColumn(name="place", header="Where", kind=ColumnKind.CODE),
        ReportColumn(name="given_by", header="Given by", kind=ColumnKind.CODE),
        ReportColumn(name="given_at", header="Given (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="ends_at", header="Ends (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="last_sign_in", header="Last sign-in (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="decision", header="Keep or revoke"),
    ),
    actions=(
        Action.PERSON_CREATED,
        Action.PERSON_INVITED,
        Action.PERSON_DEACTIVATED,
        Action.PERSON_REACTIVATED,
        Action.PERSON_DEPROVISIONED,
        Action.ROLE_GRANTED,
        Action.ROLE_REVOKED,
        Action.GRANT_MADE,
        Action.GRANT_ENDED,
        Action.IDENTITY_LINKED,
        Action.IDENTITY_UNLINKED,
        Action.BOOTSTRAP_APPOINTED,
        Action.BOOTSTRAP_REVIEWED,
        Action.ACCESS_EXPORTED,
    ),
    limits=(
        *LIMITS_OF_STATE,
        (
            "People who are deactivated hold nothing, and have no row. Machines and testers have none"
            " either: API tokens, trusted publishers and webhooks are in another report."
        ),
        (
            "“Given” is empty for what was given before this log began, and for a role that a set-up link"
            " or an identity provider brought and whose entry has been erased."
        ),
        "Whoever runs the host can reach the database beside the console. This report doesn't name them.",
        "“Keep or revoke” is for whoever reviews it: the console fills it with nothing.",
    ),
    filters=(FilterKind.APP, FilterKind.PERSON),
    serves=("NIST SP 800-53: AC-2, AC-2(3), AC-6, AC-6(7)", "45 CFR 164.308(a)(3), (a)(4), 164.312(a)(1)"),
)
