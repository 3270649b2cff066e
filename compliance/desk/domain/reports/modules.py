"""Cryptographic modules: what runs, what certificate is on record for it, and what a test of it said."""

from typing import Final

from compliance.desk.domain.modules.libraries import MODE_WORDS
from compliance.desk.domain.report_content import ColumnKind
from compliance.desk.domain.reports.declaration import (
    LIMITS_OF_STATE,
    Basis,
    FilterKind,
    ReportColumn,
    ReportKind,
)
from compliance.ledger.domain.events import Action

_CODE, _TIME = ColumnKind.CODE, ColumnKind.TIME

MODULES: Final = ReportKind(
    id="R8",
    slug="modules",
    title="Cryptographic modules and their certificates",
    question="What does the console's cryptography, which certificate is on record for it, and does it run?",
    basis=Basis.STATE,
    columns=(
        ReportColumn(name="path", header="Cryptographic path"),
        ReportColumn(name="used", header="Used", is_printed=False),
        ReportColumn(name="module", header="Module"),
        ReportColumn(name="version", header="Version", kind=_CODE),
        ReportColumn(name="algorithms", header="Algorithms", is_printed=False),
        ReportColumn(name="keys", header="Where keys are", is_printed=False),
        ReportColumn(name="certificate", header="Certificate", kind=_CODE),
        ReportColumn(name="certified", header="Certified module and version", is_printed=False),
        ReportColumn(name="standard", header="Standard", kind=_CODE),
        ReportColumn(name="status", header="Status at CMVP"),
        ReportColumn(name="looked_up_on", header="Looked up", kind=_TIME),
        ReportColumn(name="entered_at", header="Entered (UTC)", kind=_TIME),
        ReportColumn(name="entered_by", header="Entered by", kind=_CODE, is_printed=False),
        ReportColumn(name="warning", header="Warning"),
        ReportColumn(name="check", header="Runtime check"),
        ReportColumn(name="measured_at", header="Measured (UTC)", kind=_TIME),
        ReportColumn(name="process", header="Measured by", kind=_CODE, is_printed=False),
    ),
    actions=(Action.CERTIFICATE_RECORDED, Action.CERTIFICATE_WITHDRAWN, Action.INVENTORY_TAKEN),
    limits=(
        *LIMITS_OF_STATE,
        (
            "What was measured is true for the process that made the report, at that time: the worker. Web"
            " processes may be set up differently; their page measures them, and so does the preview."
        ),
        (
            "Certificate, standard and status are what somebody read at CMVP and typed, on the day under"
            " “Looked up”. The console doesn't ask CMVP. Only a module has a certificate; no console has one."
        ),
        (
            "Of modules outside of the process (HSM, KMS, proxy, the offline root's machine) nothing is"
            " measured but what the console's own calls to them say."
        ),
    ),
    filters=(FilterKind.STANDING,),
    standings=tuple((mode.value, words) for mode, words in MODE_WORDS.items()),
    serves=("NIST SP 800-53: SC-13, IA-7", "FIPS 140-3 (140-2 certificates are historical since 2026-09-21)"),
)
