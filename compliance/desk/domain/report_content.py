"""What a report says, whatever it is about and whatever prints it: evidence that an auditor can test.

Each report names its system, period, filter, counts, place in the audit log and limits (complete and
accurate: what auditors ask of "information produced by the entity"). It doesn't know where rows come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

COLUMNS_AT_MOST: Final = 12  # more don't fit on a landscape page at a size that people read


class ColumnKind(StrEnum):
    """How the values of a column are set."""

    TEXT = "text"
    CODE = "code"  # ids, hashes, actions: in a face in which 0 isn't O
    NUMBER = "number"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What the report looks at, from and before; the times are in the zone that is named."""

    begins_at: datetime
    ends_at: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """How many rows were looked at and aren't shown, and why."""

    count: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many rows were looked at, how many the data file shows, and why the rest is missing."""

    found: int
    shown: int
    excluded: tuple[Exclusion, ...] = ()

    def __post_init__(self) -> None:
        """Refuse counts that don't add up.

        Raises:
            ValueError: Rows are missing without a reason.
        """
        if self.found != self.shown + sum(exclusion.count for exclusion in self.excluded):
            raise ValueError("rows found are rows shown and rows excluded")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPosition:
    """Which entries were looked at, and the signed checkpoint that covers them.

    Attributes:
        first: Sequence of the first entry that was looked at; None when there was none.
        last: Sequence of the last one.
        size: How many entries the checkpoint covers.
        root: Its Merkle root, in hexadecimal.
        key: SHA-256 of the public key that signed it, in hexadecimal.
        checkpoint: The signed note, as it can be verified.
    """

    first: int | None
    last: int | None
    size: int
    root: str
    key: str
    checkpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """The file with every row: what the report is a picture of."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number of the summary, with what it counts."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; its header is the scope of every cell under it."""

    header: str
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under named columns.

    Attributes:
        title: Its heading.
        columns: What stands in each row, in order.
        rows: The rows, or the first of them.
        total: How many rows there are, when `rows` holds only the first.
        empty: What to say instead of rows: none is a result ("0 events; sequence 5-9 checked").
        about: One sentence above it.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    total: int | None = None
    empty: str = "0 rows. That there are none is the result."
    about: str = ""

    def __post_init__(self) -> None:
        """Refuse what can't be set as a table.

        Raises:
            ValueError: No columns, too many, or a row that doesn't fit them; or fewer rows than it has.
        """
        if not 1 <= len(self.columns) <= COLUMNS_AT_MOST:
            raise ValueError(f"a table has 1 to {COLUMNS_AT_MOST} columns")
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every row has a value for each column")
        if self.total is not None and self.total < len(self.rows):
            raise ValueError("a table has at least the rows that it has")

    @property
    def rows_total(self) -> int:
        """How many rows there are, here and elsewhere."""
        return len(self.rows) if self.total is None else self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """Who stands for the report; without a name it's a line to sign on.

    Attributes:
        act: Prepared, reviewed or approved.
        name: Typed name of who did.
        role: As what.
        at: When.
        proof: What binds the person to it ("security key, operation 7f3a…"), or nothing.
    """

    act: str
    name: str = ""
    role: str = ""
    at: datetime | None = None
    proof: str = ""


UNSIGNED: Final = tuple(SignOff(act=act) for act in ("Prepared", "Reviewed", "Approved"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report, complete.

    Attributes:
        id: Of this run; it stands on every page.
        kind: Which report this is ("R4"), or empty.
        title: What it's called.
        about: What it shows, in a sentence or two.
        system: The console, by its public address.
        tenant: Whose it is.
        version: Of the software.
        scope: How much of the system it covers ("generated from 3 apps of 3").
        period: What it looks at.
        filter: In words.
        run_by: Who had it made.
        run_at: When; the document's date as well.
        policy: The preset in force and the exceptions to it.
        counts: Found, shown, excluded.
        log: Where it stands in the audit log.
        data: The file with all rows.
        verify: The command that verifies the pack.
        limits: What it does not show, a sentence each.
        figures: The summary.
        tables: What was found.
        sign_offs: Prepared, reviewed, approved.
    """

    id: str
    title: str
    system: str
    tenant: str
    version: str
    period: Period
    filter: str
    run_by: str
    run_at: datetime
    counts: Counts
    log: LogPosition
    data: DataFile
    verify: str
    limits: tuple[str, ...]
    kind: str = ""
    about: str = ""
    scope: str = ""
    policy: str = ""
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    sign_offs: tuple[SignOff, ...] = UNSIGNED

    def __post_init__(self) -> None:
        """Refuse a report that leaves open when it was made, or what it doesn't show.

        Raises:
            ValueError: A time without an offset, or no limits.
        """
        if any(at.tzinfo is None for at in (self.run_at, self.period.begins_at, self.period.ends_at)):
            raise ValueError("times of a report say their offset")
        if not self.limits:
            raise ValueError("every report says what it doesn't show")
