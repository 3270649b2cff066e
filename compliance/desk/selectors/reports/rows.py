"""From a report's id to its rows, whatever they are made of."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from compliance.desk.backends.report_rows import StateRows, measured_rows
from compliance.desk.domain.export_filter import ExportFilter
from compliance.desk.domain.reports.declaration import Basis, ReportKind, Row
from compliance.desk.domain.reports.order import is_asked_for
from compliance.desk.selectors.reports.access import access_rows
from compliance.desk.selectors.reports.authenticators import authenticator_rows, sign_in_cells
from compliance.desk.selectors.reports.cybersecurity import component_rows
from compliance.desk.selectors.reports.duties import drill_rows, incident_rows
from compliance.desk.selectors.reports.exceptions import exception_rows
from compliance.desk.selectors.reports.key_inventory import key_rows
from compliance.desk.selectors.reports.key_operations import key_operation_rows
from compliance.desk.selectors.reports.log_integrity import log_integrity_rows
from compliance.desk.selectors.reports.log_rows import Told, entries_read, plain_rows
from compliance.desk.selectors.reports.machines import machine_rows
from compliance.desk.selectors.reports.privacy import figure_rows, phi_rows, request_rows
from compliance.desk.selectors.reports.refusals import refusal_cells
from compliance.desk.selectors.reports.releases import release_rows

_OF_STATE: Final[dict[str, StateRows]] = {
    "R1": access_rows,
    "R1a": machine_rows,
    "R2": key_rows,
    "R3": authenticator_rows,
    "R5": request_rows,
    "R6": figure_rows,
    "R7": phi_rows,
    "R10": log_integrity_rows,
    "R14": exception_rows,
    "R15": component_rows,
    "R16": drill_rows,
    "R17": incident_rows,
}
_OF_ENTRIES: Final[Mapping[str, Callable[[Iterable[Sequence[Told]]], Iterator[Row]]]] = {
    "R3a": key_operation_rows,
    "R3b": partial(plain_rows, cells=sign_in_cells),
    "R4": release_rows,
    "R4a": plain_rows,
    "R9": partial(plain_rows, cells=refusal_cells),
    "R11": plain_rows,
    "R12": plain_rows,
    "R13": plain_rows,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What rows are read of.

    Attributes:
        wish: Which entries of the log.
        first: Sequence of the first that is covered.
        end: Sequence after the last one.
        filters: By what the rows are narrowed.
        personal: With personal values.
        now: When it is.
    """

    wish: ExportFilter
    first: int
    end: int
    filters: Mapping[str, str]
    personal: bool
    now: datetime


def report_rows(kind: ReportKind, scope: Scope) -> Iterator[Row | None]:
    """Read the rows of a report, in an order that is the same each time.

    Yields:
        A row; None for one of a state that isn't asked for. Entries that aren't asked for are counted
        elsewhere.

    Raises:
        ExportUnsoundError: The log isn't what was signed.
    """
    if kind.basis is Basis.ENTRIES:
        yield from _OF_ENTRIES[kind.id](
            entries_read(scope.wish, first=scope.first, end=scope.end, personal=scope.personal, now=scope.now)
        )
        return
    for row in (_OF_STATE | measured_rows())[kind.id](scope.now, scope.wish.period):
        yield row if is_asked_for(scope.filters, row) else None


def reports_readable() -> set[str]:
    """List the reports that have rows; a test holds them against the catalogue."""
    return _OF_STATE.keys() | _OF_ENTRIES.keys() | measured_rows().keys()
