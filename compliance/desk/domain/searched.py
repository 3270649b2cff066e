"""What a search of one part of the console found, and what of that is left beside what stays by law."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from releaseconsole.personal_data.needles import Beside, Needles


@dataclass(slots=True)
class Searched:
    """What was found.

    Attributes:
        counts: By place: a table's column, a key, a file. No place has anything of the person in its name.
        beside: What stands beside mentions, and beside what is only a part of another's longer word.
    """

    counts: Counter[str] = field(default_factory=Counter)
    beside: set[Beside] = field(default_factory=set)

    def look(self, place: str, needles: Needles, *heaps: bytes, within: str | None = None) -> None:
        """Look at one cell, entry or member: one of its parts is enough.

        Args:
            place: Where it is.
            needles: What to look for.
            heaps: The parts.
            within: Of which app it is; none: it isn't known.
        """
        near = [heap for heap in heaps if needles.may_be_in(heap)]
        for heap in near:
            self.beside.update(needles.besides(heap))
        if any(map(needles.within(within).are_in, near)):
            self.counts[needles.hidden(place)] += 1


def places_beyond(found: Mapping[str, int], kept: Mapping[str, int]) -> dict[str, int]:
    """Take from what was found what is kept: in that column, in that table, under keys of that pattern."""
    left = dict(kept)
    beyond: dict[str, int] = {}
    for place, count in found.items():
        rest = count
        for known in [each for each in left if _covers(each, place)]:
            taken = min(rest, left[known])
            left[known] -= taken
            rest -= taken
        if rest:
            beyond[place] = rest
    return beyond


def _covers(known: str, place: str) -> bool:
    return fnmatchcase(place, known) or place.partition(".")[0] == known
