"""The components of a cybersecurity audit, each with its evidence or the reason why it doesn't apply."""

from typing import Final

from compliance.desk.domain.cybersecurity import CAVEAT, SECTION, STANDING_WORDS, TEXT
from compliance.desk.domain.report_content import ColumnKind
from compliance.desk.domain.reports.declaration import (
    LIMITS_OF_STATE,
    Basis,
    FilterKind,
    ReportColumn,
    ReportKind,
)
from compliance.ledger.domain.events import Action

CYBERSECURITY: Final = ReportKind(
    id="R15",
    slug="cybersecurity-audit",
    title="Components of a cybersecurity audit and their evidence",
    question="Where is evidence for each of the eighteen components, and why does one of them not apply?",
    basis=Basis.STATE,
    columns=(
        ReportColumn(name="component", header="No.", kind=ColumnKind.NUMBER),
        ReportColumn(name="section", header="Section", kind=ColumnKind.CODE),
        ReportColumn(name="title", header="Component"),
        ReportColumn(name="standing", header="Standing"),
        ReportColumn(name="reason", header="Why, or where else evidence is"),
        ReportColumn(name="said_by", header="Said by", kind=ColumnKind.CODE),
        ReportColumn(name="name", header="Name", is_personal=True),
        ReportColumn(name="said_at", header="Said (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="reports", header="Reports"),
        ReportColumn(name="packs", header="Newest of them"),
        ReportColumn(name="pages", header="Pages"),
        ReportColumn(name="not_shown", header="What these don't show"),
    ),
    actions=(Action.COMPONENT_STATED, Action.REPORT_REVIEWED),
    limits=(
        *LIMITS_OF_STATE,
        CAVEAT,
        (
            "“Newest of them” are the reports that were made in the period, with the beginning of the SHA-256"
            " of their packs. Statements are those that stand when the report is made."
        ),
        (
            "That a component applies, doesn't, or has its evidence elsewhere is the word of who said it."
            " Nothing here says that one is met."
        ),
        "The console is a part of a business; the components are about all of it.",
    ),
    filters=(FilterKind.STANDING,),
    standings=tuple((str(standing), words) for standing, words in STANDING_WORDS.items()),
    serves=(f"CCPA regulations {SECTION}(c) ({TEXT})", "Cal. Civ. Code 1798.100(e)"),
)
