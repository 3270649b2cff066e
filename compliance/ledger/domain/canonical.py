"""The bytes that an event is: written once, hashed, stored, and never rebuilt from columns.

An event is two documents. The *header* says who did what to what and when, and holds the SHA-256 of the
*content*, which holds the facts. The tree hashes the header. So the content can be erased while the header
still proves itself, and an export can show that what it leaves out doesn't match its filter, by headers
alone, without telling the facts of what it leaves out.

Personal values and free text aren't in the content either: it commits to them by salted digests (`_sd`, as
SD-JWT does), and each value rests with its salt beside it until it's erased.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from compliance.ledger.domain.commitments import COMMITTED
from compliance.ledger.domain.events import Actor
from compliance.ledger.errors import LedgerError
from releaseconsole.kernel.encoding import b64url_encode, canonical_json

VERSION: Final = 1
# Between the names of a nested fact; no fact is named with it.
_STEP: Final = "/"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One value that isn't in the content, and what opens the commitment to it."""

    name: str
    salt: str
    value: Any

    @property
    def digest(self) -> str:
        """The commitment (base64url of SHA-256)."""
        return disclosure_digest(self.name, self.salt, self.value)


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What an event says of itself, before it's bytes."""

    at: datetime
    action: str
    outcome: str
    actor: Actor
    app_id: str
    subject: tuple[str, str]


def disclosure_digest(name: str, salt: str, value: Any) -> str:
    """Commit to a value: SHA-256 of the canonical JSON of salt, name and value, in base64url."""
    return b64url_encode(hashlib.sha256(canonical_bytes([salt, name, value])).digest())


def content_compose(
    facts: Mapping[str, Any], *, salt: Callable[[], str]
) -> tuple[bytes, tuple[Disclosure, ...]]:
    """Write the content of an event, and take out of it what it only commits to.

    Args:
        facts: What the event tells; JSON-ready, without floats.
        salt: Draws 128 random bits as text, for each commitment anew.

    Raises:
        LedgerError: The facts can't be written in one way only.
    """
    found: list[tuple[str, Any]] = []
    plain = _without_committed(dict(facts), "", found)
    disclosures = tuple(Disclosure(name, salt(), value) for name, value in found)
    content: dict[str, Any] = {"facts": plain}
    if disclosures:
        content["_sd"] = sorted(disclosure.digest for disclosure in disclosures)
    return canonical_bytes(content), disclosures


def header_compose(event: EventFacts, content: bytes, *, event_id: str) -> bytes:
    """Write the header of an event: what the tree hashes."""
    return canonical_bytes({
        "v": VERSION,
        "id": event_id,
        "at": time_written(event.at),
        "action": event.action,
        "outcome": event.outcome,
        "actor": {"kind": event.actor.kind.value, "id": event.actor.id},
        "app": event.app_id,
        "object": {"type": event.subject[0], "id": event.subject[1]},
        "content": b64url_encode(hashlib.sha256(content).digest()),
    })


def time_written(at: datetime) -> str:
    """Write a time in UTC with six digits: as many as every database keeps, whatever they are."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def facts_merge(content: bytes, disclosed: Mapping[str, Any]) -> dict[str, Any]:
    """Put facts together again with those values beside them that still exist, by name."""
    facts: dict[str, Any] = json.loads(content)["facts"]
    for name, value in disclosed.items():
        *path, last = name.split(_STEP)
        place: Any = facts
        for step in path:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[last] = value
    return facts


def canonical_bytes(value: Any) -> bytes:
    """Serialise in the one way: UTF-8, names sorted, no spaces, no floats.

    Raises:
        LedgerError: There's something in it that could be written in several ways, or in none.
    """
    _check(value)
    try:
        return canonical_json(value)
    except UnicodeEncodeError as exc:
        raise LedgerError("The event holds half a character, which no encoding can write.") from exc


def _check(value: Any) -> None:
    if isinstance(value, Mapping):
        if any(not isinstance(name, str) for name in value):
            raise LedgerError("The names of an event's facts are text.")
        _check_all(value.values())
    elif isinstance(value, (list, tuple)):
        _check_all(value)
    elif not (value is None or isinstance(value, (str, int))):  # True and False are ints
        raise LedgerError(f"An event can't hold a {type(value).__name__}: it has several spellings.")


def _check_all(values: Iterable[Any]) -> None:
    for value in values:
        _check(value)


def _without_committed(value: Any, path: str, found: list[tuple[str, Any]]) -> Any:
    if isinstance(value, Mapping):
        plain = {}
        for name, inner in value.items():
            if name in COMMITTED and inner not in ("", None):
                found.append((f"{path}{name}", inner))
            else:
                plain[name] = _without_committed(inner, f"{path}{name}{_STEP}", found)
        return plain
    if isinstance(value, (list, tuple)):
        return [
            _without_committed(inner, f"{path}{place}{_STEP}", found) for place, inner in enumerate(value)
        ]
    return value
