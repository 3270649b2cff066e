"""Releases: who wrote, signed off and published what went live, and whether those were different people."""

from typing import Final

from compliance.desk.domain.report_content import ColumnKind
from compliance.desk.domain.reports.declaration import (
    LIMITS_OF_ENTRIES,
    Basis,
    FilterKind,
    ReportColumn,
    ReportKind,
)
from compliance.ledger.domain.events import Action

RELEASES: Final = ReportKind(
    id="R4",
    slug="release-approvals",
    title="Releases, their approvals and separation of duties",
    question="What went live, who signed it off, and was that somebody else than who made it?",
    basis=Basis.ENTRIES,
    columns=(
        ReportColumn(name="sequence", header="Entry", kind=ColumnKind.NUMBER),
        ReportColumn(name="at", header="Live (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="app", header="App", kind=ColumnKind.CODE),
        ReportColumn(name="channel", header="Channel", kind=ColumnKind.CODE),
        ReportColumn(name="release", header="Release", kind=ColumnKind.NUMBER, is_printed=False),
        ReportColumn(name="version", header="Version", kind=ColumnKind.CODE),
        ReportColumn(name="bundle_sha256", header="Bundle", kind=ColumnKind.CODE, is_printed=False),
        ReportColumn(name="revision", header="Revision", kind=ColumnKind.NUMBER, is_printed=False),
        ReportColumn(name="author", header="Author", kind=ColumnKind.CODE),
        ReportColumn(name="made_live_by", header="Made live by", kind=ColumnKind.CODE),
        ReportColumn(name="signed_off_by", header="Signed off by", kind=ColumnKind.CODE),
        ReportColumn(name="required", header="Sign-offs required today"),
        ReportColumn(name="separation", header="Separation of duties"),
        ReportColumn(name="names", header="Names", is_personal=True, is_printed=False),
        ReportColumn(name="reason", header="Reason", is_personal=True, is_printed=False),
        ReportColumn(name="outcome", header="Outcome"),
        ReportColumn(name="receipt", header="Proved under", kind=ColumnKind.NUMBER),
    ),
    actions=(
        Action.RELEASE_PUBLISHED,
        Action.RELEASE_RESUMED,
        Action.RELEASE_PUBLISH_FAILED,
        Action.RELEASE_ROLLED_BACK,
    ),
    limits=(
        *LIMITS_OF_ENTRIES,
        (
            "“Separate”: somebody signed this revision off, and nobody who did drafted or changed it."
            " “Nobody signed it off”: its channel asks for no sign-off, or it went live in spite of that."
        ),
        (
            "How many sign-offs a channel requires is what it requires today; changes of that are in the"
            " report on changes."
        ),
        (
            "Whoever gives the last sign-off that is missing makes it live: the same person under “Made"
            " live by” and “Signed off by” is no finding."
        ),
        "Sign-offs are those of the revision that went live. Earlier ones, and rejections, are in the log.",
        (
            "“Proved under” is the number of entries of the signed checkpoint with which devices were"
            " offered it; empty: it went live before there were receipts, or has none."
        ),
    ),
    filters=(FilterKind.APP, FilterKind.PERSON, FilterKind.OUTCOME),
    serves=(
        "NIST SP 800-53: AC-5, CM-3, CM-5, CM-14, SI-7",
        "45 CFR 164.308(a)(8), 164.312(c)(1)",
    ),
)
