"""Drills, restores and incidents, as officers recorded them."""

from typing import Final

from compliance.desk.domain.notices import CAVEAT
from compliance.desk.domain.report_content import ColumnKind
from compliance.desk.domain.reports.declaration import (
    LIMITS_OF_STATE,
    Basis,
    FilterKind,
    ReportColumn,
    ReportKind,
)
from compliance.ledger.domain.events import Action

_CODE, _TIME, _NUMBER = ColumnKind.CODE, ColumnKind.TIME, ColumnKind.NUMBER
_RECORDED: Final = (
    "Rows are what somebody recorded. A drill, a restore or an incident of which nobody did isn't there, and"
    " that none is there doesn't say that none was."
)

DRILLS: Final = ReportKind(
    id="R16",
    slug="drills",
    title="Drills and restores",
    question="What was restored or played through, how long did it take, did it work, and is it due again?",
    basis=Basis.STATE,
    columns=(
        ReportColumn(name="drill", header="No.", kind=_NUMBER),
        ReportColumn(name="kind", header="Kind"),
        ReportColumn(name="what", header="What", is_personal=True),
        ReportColumn(name="began_at", header="Began (UTC)", kind=_TIME),
        ReportColumn(name="ended_at", header="Ended (UTC)", kind=_TIME, is_printed=False),
        ReportColumn(name="took", header="Minutes", kind=_NUMBER),
        ReportColumn(name="backup_at", header="Backup of (UTC)", kind=_TIME),
        ReportColumn(name="lost", header="Minutes lost", kind=_NUMBER),
        ReportColumn(name="result", header="Result"),
        ReportColumn(name="found", header="Found", is_personal=True),
        ReportColumn(name="next_due_on", header="Due again", kind=_TIME),
        ReportColumn(name="overdue", header="Overdue"),
        ReportColumn(name="log_size", header="Entries of the log", kind=_NUMBER),
        ReportColumn(name="log_root", header="Root of the log", kind=_CODE, is_printed=False),
        ReportColumn(name="recorded_by", header="Recorded by", kind=_CODE, is_printed=False),
        ReportColumn(name="recorded_at", header="Recorded (UTC)", kind=_TIME, is_printed=False),
    ),
    actions=(Action.DRILL_RECORDED, Action.LOG_RESTARTED, Action.ERASURES_REPLAYED),
    limits=(
        *LIMITS_OF_STATE,
        "Drills and restores are those that began in the period.",
        _RECORDED,
        (
            "“Minutes lost” is the age of the backup when the restore began. Size and root are those of the"
            " newest checkpoint when it was recorded."
        ),
        "“Overdue” is said of the last one of a kind, on the day the report is made.",
        "What was done and found is free text: it's there with personal values alone.",
    ),
    filters=(FilterKind.STANDING,),
    standings=(("worked", "worked"), ("partly", "worked in part"), ("failed", "failed")),
    serves=("NIST SP 800-53: CP-4, CP-9, CP-10, IR-3", "45 CFR 164.308(a)(7)"),
)

INCIDENTS: Final = ReportKind(
    id="R17",
    slug="incidents",
    title="Register of incidents and their notices",
    question="What happened, whom did it concern, who had to be told by when, and how did it end?",
    basis=Basis.STATE,
    columns=(
        ReportColumn(name="incident", header="Incident", kind=_CODE),
        ReportColumn(name="kind", header="Kind"),
        ReportColumn(name="what", header="What happened", is_personal=True, is_printed=False),
        ReportColumn(name="began_at", header="Began (UTC)", kind=_TIME),
        ReportColumn(name="noticed_at", header="Noticed (UTC)", kind=_TIME),
        ReportColumn(name="noticed_by", header="Noticed by", is_personal=True, is_printed=False),
        ReportColumn(name="personal", header="Personal data"),
        ReportColumn(name="phi", header="Health data"),
        ReportColumn(name="affected", header="People", kind=_NUMBER),
        ReportColumn(name="notices", header="Notices"),
        ReportColumn(name="open", header="Open", kind=_NUMBER),
        ReportColumn(name="late", header="Late", kind=_NUMBER),
        ReportColumn(name="steps", header="Steps", kind=_NUMBER, is_printed=False),
        ReportColumn(name="closed_at", header="Closed (UTC)", kind=_TIME),
        ReportColumn(name="days", header="Days", kind=_NUMBER),
        ReportColumn(name="lessons", header="Lessons", is_personal=True, is_printed=False),
        ReportColumn(name="recorded_by", header="Recorded by", kind=_CODE, is_printed=False),
    ),
    actions=tuple(action for action in Action if action.value.startswith("compliance:incident:")),
    limits=(
        *LIMITS_OF_STATE,
        "Incidents are those noticed in the period.",
        _RECORDED,
        (
            "Notices are those that somebody may have to give, by rules that the console counts. Whether an"
            f" incident is a breach, people decide. {CAVEAT}"
        ),
        "An empty cell under “People”: nobody knows yet. “Days” run from noticing to closing, or to now.",
        "“Late” are notices that were sent after their day, or that are open after it.",
        "Words of people are there with personal values alone, and not on paper.",
    ),
    filters=(FilterKind.STANDING,),
    standings=(("open", "open"), ("closed", "closed")),
    serves=(
        "NIST SP 800-53: IR-4, IR-5, IR-6",
        "45 CFR 164.308(a)(6), 164.404 to 164.410 (text not read)",
        "Cal. Civ. Code 1798.82 (text not read)",
    ),
)
