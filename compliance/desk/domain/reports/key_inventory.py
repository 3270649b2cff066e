"""Signing keys: which there are, where each is in its life, and until when it signs."""

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

KEY_INVENTORY: Final = ReportKind(
    id="R2",
    slug="key-inventory",
    title="Key inventory, rotation and ends",
    question="Which signing keys are there or were there, when were they rotated, and how did each end?",
    basis=Basis.STATE,
    columns=(
        ReportColumn(name="key", header="Key", kind=ColumnKind.CODE, is_printed=False),
        ReportColumn(name="kid", header="kid", kind=ColumnKind.CODE),
        ReportColumn(name="app", header="App", kind=ColumnKind.CODE),
        ReportColumn(name="purpose", header="For"),
        ReportColumn(name="epoch", header="No.", kind=ColumnKind.NUMBER),
        ReportColumn(name="algorithm", header="Algorithm", kind=ColumnKind.CODE),
        ReportColumn(name="backend", header="Kept in"),
        ReportColumn(name="state", header="State"),
        ReportColumn(name="created_at", header="Made (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="published_at", header="Published (UTC)", kind=ColumnKind.TIME, is_printed=False),
        ReportColumn(name="activated_at", header="Active (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="signs_until", header="Signs until (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="ended_at", header="Ended (UTC)", kind=ColumnKind.TIME),
        ReportColumn(name="ended_as", header="Ended as", is_printed=False),
        ReportColumn(
            name="private_destroyed_at",
            header="Private half destroyed (UTC)",
            kind=ColumnKind.TIME,
        ),
        ReportColumn(name="signed", header="Tokens signed", kind=ColumnKind.NUMBER, is_printed=False),
        ReportColumn(name="last_signed_at", header="Last (UTC)", kind=ColumnKind.TIME, is_printed=False),
    ),
    actions=tuple(
        action
        for action in Action
        if action.value.startswith(("signing:key:", "signing:root:", "signing:delegation:"))
    ),
    limits=(
        *LIMITS_OF_STATE,
        (
            "“Kept in” is the back end that holds the private half. Whether its module is validated, and"
            " to which standard, is in the report on modules and not here."
        ),
        (
            "“Destroyed” is what the console did or asked a back end to do. Copies of an imported key,"
            " and backups from before, are out of its reach."
        ),
        (
            "“Signs until” is when a key stops by itself if nothing rotates it. Empty: it isn't active,"
            " or only people rotate it."
        ),
        (
            "Witnesses of a ceremony at an offline root aren't recorded here; who imported what it signed"
            " is in the entries."
        ),
    ),
    filters=(FilterKind.APP,),
    serves=("NIST SP 800-53: SC-12, SC-12(1), SC-13", "NIST SP 800-57 part 1, section 5.3"),
)
