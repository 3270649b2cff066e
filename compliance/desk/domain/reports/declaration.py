"""What a report is, as data: the question that it answers, its columns, what it can't show, what it serves.

A report is declared here once; pages, packs, letters and documentation all read the declaration. Where its
rows come from is `compliance.desk.selectors.reports`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from compliance.desk.domain.report_content import COLUMNS_AT_MOST, ColumnKind
from compliance.ledger.domain.events import Action

# None: it isn't known, or never happened; the column says what that means.
Cell = str | int | None


class Basis(StrEnum):
    """Where the rows of a report come from."""

    STATE = "state"  # what the console's tables hold at the moment of making
    ENTRIES = "entries"  # entries of the audit log, one row each


class FilterKind(StrEnum):
    """By what a report can be narrowed."""

    APP = "app"
    PERSON = "person"
    OUTCOME = "outcome"
    STANDING = "standing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportColumn:
    """One column of a report.

    Attributes:
        name: In the data files; stable.
        header: On paper and on pages.
        kind: How its values are set.
        is_personal: Whether it's left out unless personal values were asked for.
        is_printed: Whether it's on paper too, and not in the data files alone.
    """

    name: str
    header: str
    kind: ColumnKind = ColumnKind.TEXT
    is_personal: bool = False
    is_printed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportKind:
    """A report.

    Attributes:
        id: By which auditors ask for it ("R1"); stable.
        slug: In addresses.
        title: What it's called.
        question: What it answers.
        basis: Where its rows come from.
        columns: What stands in each row, in order.
        actions: Entries of the log that are in its pack: its rows, or what led to the state that it shows.
        limits: What it does not show, a sentence each.
        filters: By what it can be narrowed.
        standings: How its rows can stand, and that in words; what they can be narrowed by.
        serves: Laws and controls for which it is evidence.
    """

    id: str
    slug: str
    title: str
    question: str
    basis: Basis
    columns: tuple[ReportColumn, ...]
    actions: tuple[Action, ...]
    limits: tuple[str, ...]
    filters: tuple[FilterKind, ...] = ()
    standings: tuple[tuple[str, str], ...] = ()
    serves: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what couldn't be printed, proved or read.

        Raises:
            ValueError: No limits or controls, a column twice, too many on paper, or nothing of the log.
        """
        names = [column.name for column in self.columns]
        printed = [column for column in self.columns if column.is_printed]
        if not self.limits or not self.serves or not self.actions:
            raise ValueError(f"{self.id} says what it doesn't show, what it serves, and what proves it")
        if len(set(names)) != len(names) or "row" in names or len(printed) > COLUMNS_AT_MOST:
            raise ValueError(f"{self.id} has columns that don't fit")
        if bool(self.standings) != (FilterKind.STANDING in self.filters):
            raise ValueError(f"{self.id} says how its rows can stand where they're narrowed by that")

    def columns_shown(self, *, personal: bool) -> tuple[ReportColumn, ...]:
        """List its columns, without those that nobody asked for."""
        return tuple(column for column in self.columns if personal or not column.is_personal)

    def cells_shown(self, cells: Sequence[Cell], *, personal: bool) -> list[Cell]:
        """Take from a whole row what stands under `columns_shown`."""
        told = zip(self.columns, cells, strict=True)
        return [cell for column, cell in told if personal or not column.is_personal]

    @property
    def withheld(self) -> tuple[str, ...]:
        """The headers that are left out unless personal values are asked for."""
        return tuple(column.header for column in self.columns if column.is_personal)


@dataclass(frozen=True, slots=True)
class Row:
    """A row, whole.

    Attributes:
        cells: As its report has columns.
        app: Of which app it is; empty: of none.
        person: The id of whom it is about; empty: of nobody.
        standing: How it stands, where its report can be narrowed by that.
    """

    cells: tuple[Cell, ...]
    app: str = ""
    person: str = ""
    standing: str = ""


def cell_text(cell: Cell) -> str:
    """Write a cell for tables."""
    return "" if cell is None else str(cell)


LIMITS_OF_STATE: Final = (
    (
        "Rows are the state when the report was made, not that at the end of its period. The period picks"
        " the entries of the audit log that are in the pack: what led to this state."
    ),
    (
        "State is read from the console's tables, row by row, while it goes on working. Nothing but the"
        " pack's signature vouches for it; the entries of the log beside it have proofs."
    ),
)
LIMITS_OF_ENTRIES: Final = (
    "Each row is an entry of the audit log. What was never recorded isn't shown.",
    "The period goes by the times in the entries, as the console's clock had them.",
    (
        "What was erased, by retention or on a request for deletion, is an empty cell. That it was there"
        " is in the pack."
    ),
)
