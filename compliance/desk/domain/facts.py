"""Facts of an event as rows: a name in words, and a value that can be read."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

_ONE_LINE: Final = 80


@dataclass(frozen=True, slots=True)
class Fact:
    """One row.

    Attributes:
        name: As the event spells it.
        value: In words; several lines where it's nested.
        is_nested: Whether it has a structure that words would lose.
    """

    name: str
    value: str
    is_nested: bool = False

    @property
    def words(self) -> str:
        """The name as people read it."""
        return self.name.replace("_", " ").replace("/", ", ")


def facts_read(facts: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Write facts as rows, in the order of their names; what says nothing is left out."""
    return tuple(_fact(name, value) for name, value in sorted(facts.items()) if value not in ("", None))


def disclosures_read(disclosed: Iterable[tuple[str, Any]]) -> tuple[Fact, ...]:
    """Write personal values as rows."""
    return tuple(_fact(name, value) for name, value in sorted(disclosed, key=lambda each: each[0]))


def commitments_read(disclosed: Iterable[tuple[str, str]]) -> tuple[Fact, ...]:
    """Write what entries hold in the place of personal values as rows: name and digest."""
    return tuple(Fact(name, digest) for name, digest in sorted(disclosed))


def json_pretty(value: Any) -> str:
    """Write a value for people to read, not to hash."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


def _fact(name: str, value: Any) -> Fact:
    if isinstance(value, bool):
        return Fact(name, "yes" if value else "no")
    if isinstance(value, (str, int)):
        return Fact(name, str(value))
    if isinstance(value, list) and all(isinstance(each, (str, int)) for each in value):
        return Fact(name, ", ".join(map(str, value)) or "none")
    short = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return Fact(name, short if len(short) <= _ONE_LINE else json_pretty(value), is_nested=True)
