"""Lists of people to invite, as spreadsheets write them: CSV from anybody, so nothing in it is believed.

Reading never raises over a line: it says of each what is wrong, so that a page can show all of it at once.
Only a file that is no list at all is refused.
"""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from updates.domain.testers.addresses import LONGEST_NAME, address_read
from updates.errors import InvalidValueError

# Far more than such a list has in bytes; each name and address is bounded by its column in the database.
MAX_BYTES: Final = 256 * 1024
MAX_LINES: Final = 500

_DELIMITERS: Final = (",", ";", "\t")
_NAME_HEADERS: Final = frozenset({"name", "full name", "tester"})
_ADDRESS_HEADERS: Final = frozenset({"email", "e-mail", "mail", "address", "email address", "e-mail address"})
# Cc, Zl, Zp: line ends, which would begin another header of a letter. Cf: what turns the direction of
# writing or can't be seen, by which one name passes for another; but some scripts spell with joiners.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"
# What a spreadsheet runs as a formula when somebody exports these people again.
_BEGINS_FORMULA: Final = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to invite; the address is in lower case."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class InviteLine:
    """One line of a list.

    Attributes:
        number: Of the line in the file, from 1, for people who look it up there.
        invitee: Who it names.
        problem: What is wrong with it; empty: nothing.
        skipped: Why it's left out though nothing is wrong with it; empty: it isn't.
    """

    number: int
    invitee: Invitee
    problem: str = ""
    skipped: str = ""

    @property
    def is_good(self) -> bool:
        """Whether somebody is invited by it."""
        return not (self.problem or self.skipped)


@dataclass(frozen=True, slots=True)
class InviteList:
    """A whole list, read."""

    lines: tuple[InviteLine, ...]

    @property
    def good(self) -> tuple[InviteLine, ...]:
        """Lines by which somebody is invited."""
        return tuple(line for line in self.lines if line.is_good)

    @property
    def invitees(self) -> tuple[Invitee, ...]:
        """Who is to be invited."""
        return tuple(line.invitee for line in self.good)

    @property
    def problems(self) -> tuple[InviteLine, ...]:
        """Lines with something wrong."""
        return tuple(line for line in self.lines if line.problem)

    @property
    def skipped(self) -> tuple[InviteLine, ...]:
        """Lines that are fine and invite nobody."""
        return tuple(line for line in self.lines if line.skipped)


def invite_text(data: bytes) -> str:
    """Decode an uploaded list.

    Raises:
        InvalidValueError: It's too large, or not text in UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise InvalidValueError(f"A list has at most {MAX_BYTES // 1024} kB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise InvalidValueError(
            "This isn't text in UTF-8. Save the sheet as “CSV UTF-8” and choose that file."
        ) from exc
    if "\0" in text:  # a zip (xlsx) may decode by chance; a null byte is in no CSV
        raise InvalidValueError("This isn't a CSV file. Save the sheet as “CSV UTF-8” and choose that file.")
    return text


def invite_list_read(text: str, *, known: Mapping[str, str]) -> InviteList:
    """Read a list: a column of addresses, and one of names where there is one.

    With a first line such as `name,email` the columns may stand anywhere and others beside them; without one
    the address is whatever has an at sign in it, and the other cell is the name.

    Args:
        text: The file. Untrusted.
        known: Why whoever has this address, in lower case, isn't invited.

    Raises:
        InvalidValueError: It has no lines or too many, or it isn't CSV.
    """
    rows = list(_rows(text))
    columns = _columns_of(rows[0][1]) if rows else None
    if columns is not None:
        rows = rows[1:]
    if not rows:
        raise InvalidValueError("The list names nobody.")
    if len(rows) > MAX_LINES:
        raise InvalidValueError(f"A list has at most {MAX_LINES} lines; this one has {len(rows)}. Split it.")
    invitees = [(number, _invitee(cells, columns)) for number, cells in rows]
    seen: Counter[str] = Counter()
    lines = []
    for number, invitee in invitees:
        problem = _problem(invitee, again=bool(invitee.email and seen[invitee.email]))
        seen[invitee.email] += 1
        skipped = "" if problem else known.get(invitee.email, "")
        lines.append(InviteLine(number, invitee, problem, skipped))
    return InviteList(tuple(lines))


def address_problem(address: str) -> str:
    """Say what is wrong with an address that mail should go to; empty: nothing that can be seen."""
    if not address:
        return "has no address"
    try:
        address_read(address)
    except InvalidValueError:
        return "isn't an e-mail address"
    return ""


def name_problem(name: str) -> str:
    """Say what is wrong with a name, which stands in letters, on pages and in exported sheets."""
    if len(name) > LONGEST_NAME:
        return f"has a name of more than {LONGEST_NAME} characters"
    if any(unicodedata.category(each) in _HIDDEN and each not in _JOINERS for each in name):
        return "has a name with characters that can't be seen"
    if name.startswith(_BEGINS_FORMULA):
        return "has a name that a spreadsheet would run as a formula"
    return ""


def _problem(invitee: Invitee, *, again: bool) -> str:
    problem = address_problem(invitee.email) or name_problem(invitee.name)
    return problem or ("stands in the list before" if again else "")


# Split into lines that aren't empty, each with its number; a cell may hold line ends.
def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter_of(text), strict=True)
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield reader.line_num, stripped
    except csv.Error as exc:
        raise InvalidValueError(f"Line {reader.line_num} isn't CSV: {exc}.") from exc


def _delimiter_of(text: str) -> str:
    """Take what stands most often in the first line; half of Europe's spreadsheets write semicolons."""
    first = text.lstrip().partition("\n")[0]
    return max(_DELIMITERS, key=first.count)


def _columns_of(cells: list[str]) -> tuple[int | None, int] | None:
    """Find name and address in a header; None: the line is no header."""
    lowered = [cell.lower() for cell in cells]
    address = next((index for index, cell in enumerate(lowered) if cell in _ADDRESS_HEADERS), None)
    if address is None:
        return None
    return next((index for index, cell in enumerate(lowered) if cell in _NAME_HEADERS), None), address


def _invitee(cells: list[str], columns: tuple[int | None, int] | None) -> Invitee:
    if columns is not None:
        name, address = columns
        return Invitee(_cell(cells, name), _cell(cells, address).lower())
    found = next((index for index, cell in enumerate(cells) if "@" in cell), None)
    rest = [cell for index, cell in enumerate(cells) if index != found and cell]
    return Invitee(rest[0] if rest else "", _cell(cells, found).lower())


def _cell(cells: list[str], index: int | None) -> str:
    return cells[index] if index is not None and index < len(cells) else ""
