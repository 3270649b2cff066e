"""Lines of the officer's start page: what each part of the desk says of itself, and how urgent that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from accounts.domain.roles import Permission


class Tone(IntEnum):
    """How urgent a line is; the order is that of the page."""

    BAD = 0
    DUE = 1
    FINE = 2
    PLAIN = 3

    @property
    def pill(self) -> str:
        """The pill that shows it."""
        return {Tone.BAD: "bad", Tone.DUE: "warn", Tone.FINE: "good", Tone.PLAIN: "info"}[self]

    @property
    def words(self) -> str:
        """The same in a word: colour is never the only sign."""
        return {Tone.BAD: "act now", Tone.DUE: "due", Tone.FINE: "fine", Tone.PLAIN: "to know"}[self]


@dataclass(frozen=True, slots=True)
class StandingLine:
    """How one part stands.

    Attributes:
        title: Which part.
        says: How it stands, in a sentence.
        tone: How urgent that is.
        page: Name of the address where it's looked at and done.
        permission: Who may see it.
        due_on: By when something is due, if anything is.
        args: Of the address.
    """

    title: str
    says: str
    tone: Tone
    page: str
    permission: Permission
    due_on: date | None = None
    args: tuple[object, ...] = ()


def standing_sorted(lines: Iterable[StandingLine]) -> list[StandingLine]:
    """Put what is urgent first, and of that what is due first; else as the parts are registered."""
    return sorted(lines, key=lambda line: (line.tone, line.due_on or date.max))


def counted(count: int, one: str, many: str) -> str:
    """Write a number with its noun."""
    return f"1 {one}" if count == 1 else f"{count} {many}"
