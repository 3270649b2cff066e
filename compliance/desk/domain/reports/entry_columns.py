"""The columns that reports made of entries of the log share."""

from typing import Final

from compliance.desk.domain.report_content import ColumnKind
from compliance.desk.domain.reports.declaration import ReportColumn

# Which entry, when, and by whom; and what it's called in the log.
ENTRY_BEGINS: Final = (
    ReportColumn(name="sequence", header="Entry", kind=ColumnKind.NUMBER),
    ReportColumn(name="at", header="When (UTC)", kind=ColumnKind.TIME),
    ReportColumn(name="who", header="Who", kind=ColumnKind.CODE),
    ReportColumn(name="name", header="Name", is_personal=True),
)
ENTRY_ACTION: Final = ReportColumn(name="action", header="Action", kind=ColumnKind.CODE, is_printed=False)
# What happened, to what; what the entry tells, and the personal part of that.
ENTRY_COLUMNS: Final = (
    *ENTRY_BEGINS,
    ReportColumn(name="what", header="What"),
    ReportColumn(name="outcome", header="Outcome"),
    ReportColumn(name="app", header="App", kind=ColumnKind.CODE),
    ReportColumn(name="about", header="About", kind=ColumnKind.CODE),
    ReportColumn(name="details", header="Details"),
    ReportColumn(name="personal", header="Typed by people", is_personal=True),
    ENTRY_ACTION,
)
