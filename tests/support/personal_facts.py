"""Looks at whatever tests record: nothing about a person and nothing typed is in a header or a plain fact.

What can be told from the value alone is: an address of mail or network, the id of a device, a text of words.
Names that look like any other name can't; those are `COMMITTED` by the name of their fact.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from compliance.ledger.domain.canonical import EventFacts

_PERSONAL: Final = re.compile(
    r"[^\s@]+@[^\s@]+\.[a-z]|\b\d{1,3}(\.\d{1,3}){3}\b(?![.-])|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-"
)
# Words that the console's own code writes, never a person; and ids of rows that happen to be UUIDs.
_OWN_WORDS: Final = frozenset({"holder", "how", "place", "reader", "says", "what", "where", "why"})
_ROWS: Final = frozenset({"approval", "export", "review", "signing_key"})
_ROW_FACTS: Final = frozenset({"aaguid", "export", "kek_id", "message", "session"})  # models and rows


def personal_in(said: EventFacts, plain: Mapping[str, Any]) -> Iterator[str]:
    """Find what shouldn't be there for ever."""
    kind, number = said.subject
    for place, text in (("app", said.app_id), ("object", "" if kind in _ROWS else number)):
        if _PERSONAL.search(text) or " " in text.removeprefix(text.partition(" ")[0] + " "):
            yield f"{said.action}: {place} {text!r}"
    if said.actor.id and not re.fullmatch(r"[\w-]+", said.actor.id):
        yield f"{said.action}: actor {said.actor.id!r}"
    for name, text in _texts(plain):
        is_text = " " in text and name not in _OWN_WORDS
        if name not in _ROW_FACTS and (_PERSONAL.search(text) or is_text):
            yield f"{said.action}: {name} {text!r}"


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for each, inner in value.items():
            yield from _texts(inner, each)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner, name)
    elif isinstance(value, str):
        yield name, value
