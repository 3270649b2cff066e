"""Which samples were drawn of the same rows before.

Nobody can foresee a draw, but somebody could order one after another until one suits. So each says the how
manieth it is. Another period that overlaps, and a filter that is wider or narrower, is no other population:
else a day more would begin the count anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

_Time = TypeVar("_Time", date, datetime)


@dataclass(frozen=True, slots=True)
class Span(Generic[_Time]):
    """From when until before when; None: from the beginning, or for good."""

    begins: _Time | None
    ends: _Time | None

    def meets(self, other: "Span[_Time]") -> bool:
        """Whether both hold a moment."""
        return _before(self.begins, other.ends) and _before(other.begins, self.ends)


def filters_meet(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether a row can pass both: they don't ask for different values of the same thing."""
    return all(other[name] == value for name, value in one.items() if name in other)


def _before(begins: _Time | None, ends: _Time | None) -> bool:
    return begins is None or ends is None or begins < ends
