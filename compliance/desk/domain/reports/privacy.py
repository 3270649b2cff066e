"""Requests of people about their own data (CCPA), and health data (HIPAA)."""

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

_CODE, _TIME, _NUMBER = ColumnKind.CODE, ColumnKind.TIME, ColumnKind.NUMBER
_REQUESTS: Final = tuple(
    action for action in Action if action.value.startswith(("compliance:request:", "compliance:erasure:"))
)
_BY_RECEIPT: Final = (
    "Requests are those received in the period, by the operator's days. Their state is that when the"
    " report was made."
)
_GONE: Final = "Records of requests that were answered more than 24 months ago are gone, as the rules ask."

REQUEST_REGISTER: Final = ReportKind(
    id="R5",
    slug="request-register",
    title="Register of privacy requests and their deadlines",
    question="Who asked for what, by when was an answer due, when was it given, and on what grounds?",
    basis=Basis.STATE,
    columns=(
        ReportColumn(name="reference", header="Request", kind=_CODE),
        ReportColumn(name="kind", header="Kind"),
        ReportColumn(name="channel", header="Came by", is_printed=False),
        ReportColumn(name="received_on", header="Received", kind=_TIME),
        ReportColumn(name="acknowledge_by", header="Acknowledge by", kind=_TIME, is_printed=False),
        ReportColumn(name="acknowledged_at", header="Acknowledged (UTC)", kind=_TIME),
        ReportColumn(name="answer_by", header="Answer by", kind=_TIME, is_printed=False),
        ReportColumn(name="extended_on", header="Extended", kind=_TIME),
        ReportColumn(name="extension_reason", header="Why extended", is_personal=True, is_printed=False),
        ReportColumn(name="deadline", header="Deadline", kind=_TIME),
        ReportColumn(name="identity", header="Identity", is_printed=False),
        ReportColumn(name="answered_on", header="Answered", kind=_TIME),
        ReportColumn(name="delivered", header="Answer delivered"),
        ReportColumn(name="left_at", header="Answer left (UTC)", kind=_TIME, is_printed=False),
        ReportColumn(name="days", header="Days", kind=_NUMBER),
        ReportColumn(name="late", header="Late"),
        ReportColumn(name="outcome", header="Outcome"),
        ReportColumn(name="denial_sections", header="Denied under"),
        ReportColumn(name="explanation", header="Explanation", is_personal=True, is_printed=False),
        ReportColumn(name="kept_until", header="Kept until", kind=_TIME, is_printed=False),
    ),
    actions=_REQUESTS,
    limits=(
        *LIMITS_OF_STATE,
        _BY_RECEIPT,
        _GONE,
        "Who asked isn't in the register: it holds a reference and keyed hashes.",
        (
            "An answer is given when its letter is written. “Answer delivered” is how that left the house, or"
            " that it hasn't; whether it arrived, the console can't see."
        ),
    ),
    serves=("CCPA regulations § 7021, § 7101 (text of 2023)", "NIST SP 800-53: SI-18"),
)

REQUEST_FIGURES: Final = ReportKind(
    id="R6",
    slug="request-figures",
    title="Yearly figures of privacy requests",
    question="How many requests of each kind came, how many were met or denied, and how long did it take?",
    basis=Basis.STATE,
    columns=(
        ReportColumn(name="year", header="Year", kind=_NUMBER),
        ReportColumn(name="kind", header="Kind"),
        *(
            ReportColumn(name=name, header=header, kind=_NUMBER)
            for name, header in (
                ("received", "Received"),
                ("complied", "Complied with"),
                ("complied_in_part", "In part"),
                ("denied", "Denied"),
                ("withdrawn", "Withdrawn"),
                ("running", "Running"),
                ("median_days", "Median days"),
                ("mean_days", "Mean days"),
            )
        ),
    ),
    actions=_REQUESTS,
    limits=(
        *LIMITS_OF_STATE,
        "Years are whole ones: each year that the period touches and in which a request was received.",
        _GONE,
        "Days run from receipt to the answer. A request that was withdrawn, or runs, has none.",
    ),
    serves=("CCPA regulations § 7102 (text of 2023)",),
)

PHI: Final = ReportKind(
    id="R7",
    slug="health-data",
    title="Health data and its protection",
    question="Which apps, tokens, claims, fields and bundles hold health data, and what protects them?",
    basis=Basis.STATE,
    columns=(
        ReportColumn(name="app", header="App", kind=_CODE),
        ReportColumn(name="part", header="Part"),
        ReportColumn(name="what", header="What"),
        ReportColumn(name="status", header="Holds health data"),
        ReportColumn(name="why", header="How it is known", is_personal=True),
        ReportColumn(name="protection", header="Protection"),
        ReportColumn(name="evidence", header="Evidence"),
        ReportColumn(name="is_bad", header="Protection missing"),
        ReportColumn(name="refusals", header="Refusals", kind=_NUMBER),
        ReportColumn(name="looked_at", header="Looked at (UTC)", kind=_TIME),
    ),
    actions=(
        Action.PROFILE_CHANGED,
        Action.PHI_LOWERED,
        Action.PHI_MEASURED,
        Action.PHI_DECLARED,
        Action.CLAIM_DEFINED,
        Action.CLAIM_REMOVED,
        Action.TOKEN_REFUSED,
    ),
    limits=(
        *LIMITS_OF_STATE,
        (
            "“Measured” is what the console looked at when the report was made; “attested” is somebody's"
            " word; “none” is that nobody knows."
        ),
        "Of bundles the newest twenty of each app are rows. What is in a bundle, the console doesn't read.",
        (
            "“Refusals” are those of the app in the period, up to when the report was made, of all rules"
            " together; they stand in the app's own row."
        ),
        "How disks, backups and the way to the database are protected, the operator answers for.",
    ),
    filters=(FilterKind.APP,),
    serves=("45 CFR 164.312(a)(2)(iv), (e)(2)(ii)", "NIST SP 800-53: SC-8, SC-28"),
)
