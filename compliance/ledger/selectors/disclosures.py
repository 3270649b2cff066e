"""Finding the personal values that the log holds about somebody, for a request to see or delete them."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from compliance.ledger.models import AuditDisclosure
from releaseconsole.personal_data import Needles

# So short a value is in half of all texts: it's looked for as a whole value only.
_SHORTEST_PART: Final = 4


def disclosures_about(
    *,
    objects: Iterable[tuple[str, str]] = (),
    values: Collection[str] = (),
) -> dict[int, frozenset[str]]:
    """Find the values that still exist of somebody, by event number and name.

    Of what was done to them, all values count. Beyond that those that mention one of `values` (an address,
    the id of a device) as a whole, however it's spelled: those are found by reading every value there is. Of
    what they did to somebody or something else, no other value is theirs: it's evidence about that.

    Args:
        objects: As what they were acted upon: types and ids.
        values: What else they are known by.
    """
    found: dict[int, set[str]] = {}
    asked = frozenset(_plain(value) for value in values if value.strip())
    needles = Needles(frozenset(each for each in asked if len(each) >= _SHORTEST_PART))
    rows = AuditDisclosure.objects.values_list("event_id", "name")
    involved = _involved(objects)
    if involved is not None:
        for number, name in rows.filter(involved).iterator():
            found.setdefault(number, set()).add(name)
    if asked:
        for number, name, value in rows.values_list("event_id", "name", "value").iterator():
            if _tells(value, asked, needles):
                found.setdefault(number, set()).add(name)
    return {number: frozenset(names) for number, names in sorted(found.items())}


def disclosed_since(value: str) -> datetime | None:
    """Return when the log first held exactly this value, such as a device's id; None: it doesn't."""
    rows = AuditDisclosure.objects.filter(value=value).order_by("event_id")
    return rows.values_list("event__at", flat=True).first()


def _involved(objects: Iterable[tuple[str, str]]) -> Q | None:
    involved: Q | None = None
    for kind, number in objects:
        one = Q(event__object_type=kind, event__object_id=number)
        involved = one if involved is None else involved | one
    return involved


def _tells(value: Any, asked: Collection[str], needles: Needles) -> bool:
    if isinstance(value, Mapping):
        return any(_tells(inner, asked, needles) for inner in value.values())
    if isinstance(value, list):
        return any(_tells(inner, asked, needles) for inner in value)
    text = _plain(str(value))
    return text in asked or needles.mentioned(text)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
