"""Who somebody is to the console: all that they're known by. Pure values."""

import json
import re
import unicodedata
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Final, NamedTuple

# What is shorter stands in texts by chance: nobody is looked for by it.
_SHORTEST_NUMBER: Final = 6
_SHORTEST_ADDRESS: Final = 6
_SHORTEST_ID: Final = 8
# A version and a day are numbers with signs between, too.
_SHORTEST_PARTED: Final = 9
_SHORTEST_WORDS: Final = 10
# Drawn by a machine: letters and digits by turns, or nothing but hexadecimal ones.
_SHORTEST_DRAWN: Final = 16
_HEXADECIMAL: Final = re.compile(r"[0-9a-f]+")
_FEWEST_TURNS: Final = 4


class IdentifierKind(StrEnum):
    """What kind of thing somebody is known by."""

    DEVICE = "device"
    EMAIL = "email"
    CUSTOM_ID = "custom_id"
    # A row and the moment it was written: its number alone is given out again after a restore.
    ROW = "row"


class Scoped(NamedTuple):
    """An id that means something within one app only."""

    app_id: str
    id: str


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """One thing that somebody is known by, spelled in one way only."""

    kind: IdentifierKind
    value: str
    app_id: str = ""

    @classmethod
    def device(cls, app_id: str, device_id: str) -> "Identifier":
        """An installation of an app."""
        return cls(IdentifierKind.DEVICE, device_id.strip().lower(), app_id)

    @classmethod
    def email(cls, address: str) -> "Identifier":
        """An address."""
        return cls(IdentifierKind.EMAIL, unicodedata.normalize("NFKC", address).strip().casefold())

    @classmethod
    def custom_id(cls, app_id: str, custom_id: str) -> "Identifier":
        """What an app calls its user."""
        return cls(IdentifierKind.CUSTOM_ID, custom_id.strip(), app_id)

    def said(self) -> bytes:
        """Write it down as it's hashed."""
        return f"{self.kind.value}\0{self.app_id}\0{self.value}".encode()


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody, by all that is known of them.

    Attributes:
        devices: Installations that are theirs.
        tester_ids: Their numbers as beta testers: one for each app.
        person_id: Their number as a person of the console.
        emails: Addresses, as they're stored.
        custom_ids: What apps call them.
        names: As they are called; found in texts, never by themselves the reason for an erasure.
        rows: Which rows are them, across a restore (`IdentifierKind.ROW`).
        is_exact: Nobody proved more than this, so nothing else is found from it.
        found: Of which of the devices something was held when their erasure began.
    """

    devices: frozenset[Scoped] = frozenset()
    tester_ids: frozenset[int] = frozenset()
    person_id: int | None = None
    emails: frozenset[str] = frozenset()
    custom_ids: frozenset[Scoped] = frozenset()
    names: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()
    is_exact: bool = False
    found: frozenset[Scoped] = frozenset()

    @property
    def is_nobody(self) -> bool:
        """Whether nothing is known that could be looked for."""
        return replace(self, names=frozenset(), found=frozenset(), is_exact=False) == Subject()

    def joined(self, other: "Subject") -> "Subject":
        """Put together what is known of one person."""
        return Subject(
            devices=self.devices | other.devices,
            tester_ids=self.tester_ids | other.tester_ids,
            person_id=other.person_id if self.person_id is None else self.person_id,
            emails=self.emails | other.emails,
            custom_ids=self.custom_ids | other.custom_ids,
            names=self.names | other.names,
            rows=self.rows | other.rows,
            is_exact=self.is_exact,
            found=self.found | other.found,
        )

    def identifiers(self) -> list[Identifier]:
        """Name what they're known by, each spelled in one way."""
        found = {Identifier.device(*each) for each in self.devices}
        found |= {Identifier.email(each) for each in self.emails}
        found |= {Identifier.custom_id(*each) for each in self.custom_ids}
        found |= {Identifier(IdentifierKind.ROW, each) for each in self.rows}
        return sorted(found)

    def needles(self) -> list[str]:
        """Return what they can be looked for by in texts and files."""
        return sorted({each for each in self._texts() if is_telling(each)})

    def needles_left_out(self) -> list[str]:
        """Return what only its own column can be looked through for: short, or a word like any other."""
        return sorted({each for each in self._texts() if not is_telling(each)})

    def _texts(self) -> frozenset[str]:
        return frozenset({each.id for each in self.devices | self.custom_ids} | self.emails)

    def to_text(self) -> str:
        """Write it as text that can be sealed."""
        return json.dumps({name: _plain(value) for name, value in asdict(self).items()}, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Subject":
        """Read it back."""
        held: dict[str, Any] = json.loads(text)
        for name, value in held.items():
            if name in {"devices", "custom_ids", "found"}:
                held[name] = frozenset(Scoped(*each) for each in value)
            elif isinstance(value, list):
                held[name] = frozenset(value)
        return cls(**held)


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


def is_telling(text: str) -> bool:
    """Tell whether a text can only mean whom it names: it's long, and no word or version."""
    if "@" in text:
        return len(text) >= _SHORTEST_ADDRESS
    digits = sum(each.isdecimal() for each in text)
    if digits == len(text):
        return digits >= _SHORTEST_NUMBER
    if not any(each.isalpha() for each in text):
        return digits >= _SHORTEST_PARTED
    words = [each for each in re.split(r"[\W_]+", text) if each]
    return len(text) >= (_SHORTEST_ID if digits else _SHORTEST_WORDS) and (digits > 0 or len(words) > 1)


def is_drawn(text: str) -> bool:
    """Tell whether a text looks drawn at random, so that no two things in the world are called so."""
    plain = text.lower().replace("-", "").replace("_", "")
    if len(plain) < _SHORTEST_DRAWN or not plain.isalnum() or plain.isdecimal() or plain.isalpha():
        return False
    turns = len(re.findall(r"(?<=\d)\D|(?<=\D)\d", plain))
    return turns >= _FEWEST_TURNS or (turns > 0 and _HEXADECIMAL.fullmatch(plain) is not None)
