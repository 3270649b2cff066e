"""One entry in the files of a pack: what is signed for, and how people read it in a table."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from compliance.ledger.domain.canonical import Disclosure
from compliance.ledger.domain.phrases import phrase
from releaseconsole.kernel.encoding import canonical_json

CSV_COLUMNS: Final = (
    "sequence",
    "at",
    "who",
    "did",
    "action",
    "outcome",
    "actor_kind",
    "actor_id",
    "app",
    "object_type",
    "object_id",
    "facts",
    "personal",
    "event_id",
    "leaf_hash",
)
# They are the console's words of today, and in no entry: nothing but the pack's signature vouches for them.
CSV_UNPROVED: Final = ("who", "did")


@dataclass(frozen=True, slots=True)
class Gone:
    """Why something of an entry is no more.

    Attributes:
        what: `content` or `disclosures`.
        why: `retention` or `privacy`.
        said_by: Sequence of the entry that says so.
    """

    what: str
    why: str
    said_by: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that an export shows.

    Attributes:
        sequence: Its place in the log.
        header: What the tree hashes.
        content: Its facts; None: they were erased.
        disclosures: The personal values that still exist, and are shown.
        gone: What was erased of it.
        withheld: How many personal values still exist, and aren't shown.
    """

    sequence: int
    header: bytes
    content: bytes | None
    disclosures: Sequence[Disclosure] = ()
    gone: Sequence[Gone] = ()
    withheld: int = 0

    def as_data(self) -> dict[str, Any]:
        """Write it down; header and content stay text, so their bytes stay theirs."""
        return {
            "sequence": self.sequence,
            "header": self.header.decode(),
            "content": None if self.content is None else self.content.decode(),
            "disclosures": [
                {"name": each.name, "salt": each.salt, "value": each.value} for each in self.disclosures
            ],
            "gone": [{"what": each.what, "why": each.why, "said_by": each.said_by} for each in self.gone],
            "withheld": self.withheld,
        }

    def line(self) -> bytes:
        """Write it as a line of `events.jsonl`."""
        return _line(self.as_data())

    def row(self, header: Mapping[str, Any], *, who: str) -> list[str]:
        """Write it as a row of `events.csv`, under `CSV_COLUMNS`."""
        facts = "" if self.content is None else _text(json.loads(self.content)["facts"])
        personal = _text({each.name: each.value for each in self.disclosures}) if self.disclosures else ""
        return [
            str(self.sequence),
            header["at"],
            who,
            phrase(header["action"], header["outcome"]),
            header["action"],
            header["outcome"],
            header["actor"]["kind"],
            header["actor"]["id"],
            header["app"],
            header["object"]["type"],
            header["object"]["id"],
            facts,
            personal,
            header["id"],
            hashlib.sha256(b"\x00" + self.header).hexdigest(),
        ]


def header_line(sequence: int, header: bytes) -> bytes:
    """Write an entry that the filter leaves out as a line of `headers.jsonl`."""
    return _line({"sequence": sequence, "header": header.decode()})


def _line(value: dict[str, Any]) -> bytes:
    return canonical_json(value) + b"\n"


def _text(value: Any) -> str:
    return canonical_json(value).decode()
