"""Finding the personal values that the log holds about somebody, for a request to see or delete them."""

import json
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from compliance.ledger.models import AuditDisclosure
from releaseconsole.personal_data import Needles

_NOBODY: Final = Needles()


def disclosures_about(
    *,
    objects: Iterable[tuple[str, str]] = (),
    needles: Needles = _NOBODY,
) -> dict[int, frozenset[str]]:
    """Find the values that still exist of somebody, by event number and name.

    Of what was done to them, all values count. Beyond that those that mention them (by an address, the id of
    a device) as a whole, however it's spelled, in an event of the app in which it means them: those are found
    by reading every value there is. Of what they did to somebody or something else, no other value is theirs:
    it's evidence about that.

    Args:
        objects: As what they were acted upon: types and ids.
        needles: What else they are known by.
    """
    found: dict[int, set[str]] = {}
    rows = AuditDisclosure.objects.values_list("event_id", "name")
    involved = _involved(objects)
    if involved is not None:
        for number, name in rows.filter(involved).iterator():
            found.setdefault(number, set()).add(name)
    if needles:
        by_app: dict[str, Needles] = {}
        valued = rows.values_list("event_id", "name", "value", "event__app_id")
        for number, name, value, app_id in valued.iterator():
            if app_id not in by_app:
                by_app[app_id] = needles.within(app_id)
            if _tells(value, by_app[app_id]):
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


def _tells(value: Any, needles: Needles) -> bool:
    if isinstance(value, (int, float)):
        return False  # what anybody is called is a text
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return needles.mentioned(unicodedata.normalize("NFKC", text).casefold())
