"""Whether one entry of the log says in all of its places what its header says.

The header is the truth, and what the tree hashes. This runs a million times in a verification: bytes are
hashed as they are stored, and each JSON text is read once, into a structure that has no room for anything
else. A header has to be spelled as the console spells it, since a second spelling could be read in two ways.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import msgspec

from compliance.ledger.domain.canonical import VERSION, disclosure_digest
from compliance.ledger.domain.verification import Check
from releaseconsole.kernel.encoding import b64url_encode


class EntryRow(NamedTuple):
    """One entry as the database has it: its leaf, and beside it event and content, which may be missing.

    `at` is written as headers write it; everything else is what was stored.
    """

    sequence: int
    number: int
    leaf: bytes
    header: bytes | None
    own_leaf: bytes
    at: str
    action: str
    outcome: str
    actor_kind: str
    actor_id: str
    app_id: str
    object_type: str
    object_id: str
    content: bytes | None


class DisclosureRow(NamedTuple):
    """A disclosure as the database has it; its value is JSON text."""

    number: int
    name: str
    salt: str
    value: str


class _Actor(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    kind: str


class _Object(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    type: str


class Header(msgspec.Struct, forbid_unknown_fields=True):
    """A header, its members in the order of their names: so it's written as `canonical_bytes` writes it."""

    action: str
    actor: _Actor
    app: str
    at: str
    content: str
    id: str
    object: _Object
    outcome: str
    v: int


class _Content(msgspec.Struct, forbid_unknown_fields=True):
    facts: msgspec.Raw
    digests: list[str] = msgspec.field(name="_sd", default_factory=list)


header_read: Final = msgspec.json.Decoder(Header).decode
_header_write: Final = msgspec.json.Encoder().encode
_content_read: Final = msgspec.json.Decoder(_Content).decode


class Fault(NamedTuple):
    """What is wrong with an entry."""

    check: Check
    said: str


class EntryCheck(NamedTuple):
    """What was found of one entry, and what it commits to."""

    faults: tuple[Fault, ...] = ()
    digests: tuple[str, ...] = ()
    is_content_missing: bool = False


_GONE: Final = EntryCheck((Fault(Check.ENTRY, "its event is gone"),))


def entry_check(row: EntryRow) -> EntryCheck:
    """Hash and compare everything that one entry consists of, but its disclosures."""
    try:
        return _GONE if row.header is None else _checked(row, row.header)
    except (msgspec.MsgspecError, TypeError, ValueError) as exc:
        return EntryCheck((Fault(Check.ENTRY, f"it can't be read: {exc}"),))


def _checked(row: EntryRow, header: bytes) -> EntryCheck:
    faults: list[Fault] = []
    if hashlib.sha256(b"\x00" + header).digest() != row.own_leaf:
        faults.append(Fault(Check.ENTRY, "its header doesn't hash to its leaf hash"))
    if row.leaf != row.own_leaf:
        faults.append(Fault(Check.PLACE, f"its place has another leaf hash than event {row.number}"))
    said = header_read(header)
    if said.v != VERSION or _header_write(said) != header:
        faults.append(Fault(Check.ENTRY, "its header isn't spelled as headers are"))
    told = (said.at, said.action, said.outcome, said.actor.kind, said.actor.id, said.app)
    if (*told, said.object.type, said.object.id) != row[5:13]:
        faults += _columns_compare(row, said)
    if row.content is None:
        return EntryCheck(tuple(faults), is_content_missing=True)
    if b64url_encode(hashlib.sha256(row.content).digest()) != said.content:
        return EntryCheck((*faults, Fault(Check.CONTENT, "its content isn't what its header commits to")))
    return EntryCheck(tuple(faults), tuple(_content_read(row.content).digests))


def _columns_compare(row: EntryRow, said: Header) -> Iterator[Fault]:
    for column, told in (
        ("at", said.at),
        ("action", said.action),
        ("outcome", said.outcome),
        ("actor_kind", said.actor.kind),
        ("actor_id", said.actor.id),
        ("app_id", said.app),
        ("object_type", said.object.type),
        ("object_id", said.object.id),
    ):
        if (stored := getattr(row, column)) != told:
            yield Fault(Check.COLUMNS, f"{column} is {stored!r} where its header says {told!r}")


def disclosures_check(
    digests: Iterable[str], disclosed: Iterable[DisclosureRow], *, is_content_missing: bool
) -> tuple[list[Fault], int]:
    """Match the values beside an entry with what its content commits to.

    Returns:
        What is wrong, and how many commitments have no value any more.
    """
    left = set(digests)
    faults: list[Fault] = []
    for each in disclosed:
        if is_content_missing:  # both go at once, and contents are read first
            faults.append(Fault(Check.DISCLOSURE, f"what it discloses as {each.name} outlived its content"))
            continue
        digest = _digest(each)
        if digest in left:
            left.remove(digest)
        else:
            faults.append(Fault(Check.DISCLOSURE, f"what it discloses as {each.name} isn't committed to"))
    return faults, len(left)


def _digest(each: DisclosureRow) -> str:
    try:
        value: Any = json.loads(each.value)  # whole numbers of any size, as they were
        return disclosure_digest(each.name, each.salt, value)
    except (TypeError, ValueError):
        return ""
