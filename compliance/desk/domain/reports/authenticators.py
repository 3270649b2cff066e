"""What people prove themselves with: every authenticator ever bound, and every sign-in."""

from typing import Final

from compliance.desk.domain.report_content import ColumnKind
from compliance.desk.domain.reports.declaration import (
    LIMITS_OF_ENTRIES,
    LIMITS_OF_STATE,
    Basis,
    FilterKind,
    ReportColumn,
    ReportKind,
)
from compliance.desk.domain.reports.entry_columns import ENTRY_COLUMNS
from compliance.ledger.domain.events import Action

AUTHENTICATORS: Final = ReportKind(
    id="R3",
    slug="authenticators",
    title="Authenticators of people",
    question="Who has which authenticator, which assurance level does it reach, and who lacks one?",
    basis=Basis.STATE,
    columns=(
        ReportColumn(name="person", header="Person", kind=ColumnKind.CODE),
        ReportColumn(name="name", header="Name", is_personal=True),
        ReportColumn(name="may_sign_in", header="May sign in"),
        ReportColumn(name="kind", header="Kind"),
        ReportColumn(name="called", header="Called", is_personal=True, is_printed=False),
        ReportColumn(name="aal", header="Level"),
        ReportColumn(name="device_bound", header="Device-bound"),
        ReportColumn(name="user_verified", header="Checks its holder"),
        ReportColumn(name="aaguid", header="AAGUID", kind=ColumnKind.CODE, is_printed=False),
        ReportColumn(name="bound_at", header="Bound (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="last_used_at", header="Last used (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="removed_at", header="Removed (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="removed_why", header="Why", is_printed=False),
        ReportColumn(name="exception", header="Exception"),
    ),
    actions=(
        Action.AUTHENTICATOR_ADDED,
        Action.AUTHENTICATOR_RENAMED,
        Action.AUTHENTICATOR_REMOVED,
        Action.AUTHENTICATOR_SUSPECTED,
        Action.RECOVERY_CODES_MADE,
        Action.RECOVERY_CODE_USED,
        Action.PERSON_RECOVERED,
        Action.PERSON_RECOVERED_AT_HOST,
        Action.IDENTITY_LINKED,
        Action.IDENTITY_UNLINKED,
    ),
    limits=(
        *LIMITS_OF_STATE,
        (
            "A level is what an authenticator was when it was bound, by its own word: AAL3 for a"
            " device-bound security key that checked a PIN or a finger, AAL2 for everything else. A key's"
            " make isn't attested unless its AAGUID is checked against the maker's list."
        ),
        "“Device-bound” and “Checks its holder” are told of security keys; for others they are empty.",
        "“Last used” is empty for authenticators that were removed, and for recovery codes.",
        "Accounts at an identity provider prove people there: at which level, only the provider knows.",
    ),
    filters=(FilterKind.PERSON,),
    serves=("NIST SP 800-53: IA-2(1), IA-2(2), IA-5", "NIST SP 800-63B-4", "45 CFR 164.312(d)"),
)

SIGN_INS: Final = ReportKind(
    id="R3b",
    slug="sign-ins",
    title="Sign-ins and sessions",
    question="Who signed in, with what, at which assurance level, and how did sessions end?",
    basis=Basis.ENTRIES,
    columns=(
        *ENTRY_COLUMNS,
        ReportColumn(name="with", header="With"),
        ReportColumn(name="aal", header="Level"),
    ),
    actions=(
        Action.SIGNED_IN,
        Action.SIGNED_OUT,
        Action.SESSION_ENDED,
        Action.RECOVERY_CODE_USED,
        Action.PASSWORD_CHANGED,
        Action.PASSWORD_RESET_REQUESTED,
    ),
    limits=(
        *LIMITS_OF_ENTRIES,
        "Sign-ins that were refused are in the report on refusals.",
        "Addresses of who signed in are kept for as long as the session lasts, and aren't in the log.",
        "The level is that of the authenticator as the entry has it; the session may be worth less later.",
    ),
    filters=(FilterKind.PERSON,),
    serves=("NIST SP 800-53: AC-2(12), AU-12, IA-2", "45 CFR 164.308(a)(5)(ii)(C), 164.312(d)"),
)
