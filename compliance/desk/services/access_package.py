"""What somebody is given who asks what is held of them (11 CCR 7024): for people and for machines.

Both are made of the same declarations that an erasure goes by, so what can be erased can also be read.
Secrets that let somebody in aren't in it, and nothing about others.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string

from compliance.desk.services.erasure.planning import holders_in_order, subject_widen
from releaseconsole.personal_data import PersonalDataHolder, Row, Subject

_VERSION: Final = 1
# A setting's name, where the sentence doesn't say its days itself.
_SETTING: Final = re.compile(r"\b[A-Z]+_(?:[A-Z]+_)?DAYS\b(?! \()")


@dataclass(frozen=True, slots=True)
class PackagePart:
    """What one holder has.

    Attributes:
        name: Of the holder.
        data_class: What kind of data it is.
        holds: In words.
        retention: How long it's kept, in words.
        rows: What is held.
    """

    name: str
    data_class: str
    holds: str
    retention: str
    rows: tuple[Row, ...]

    @property
    def kept(self) -> str:
        """How long, with the days that settings say instead of their names."""
        return _SETTING.sub(
            lambda named: f"{getattr(settings, named[0])} days" if hasattr(settings, named[0]) else named[0],
            self.retention,
        )

    @property
    def tables(self) -> Iterator[tuple[str, list[str], list[list[str]]]]:
        """Give the rows as tables: name, heads, lines.

        Yields:
            One for each place and shape of rows.
        """
        shapes: dict[tuple[str, ...], list[Row]] = {}
        for row in self.rows:
            shapes.setdefault((row.place, *row.values), []).append(row)
        for (place, *names), rows in shapes.items():
            heads = [re.sub("_+", " ", name).capitalize() for name in names]
            yield place, heads, [[_word(value) for value in row.values.values()] for row in rows]


@dataclass(frozen=True, slots=True)
class AccessPackage:
    """The package.

    Attributes:
        parts: By holder, with those that have nothing: zero is an answer, too.
        json: For machines.
        html: One file for people, without anything to load.
    """

    parts: tuple[PackagePart, ...]
    json: str
    html: str

    @property
    def count(self) -> int:
        """How many rows there are."""
        return sum(len(part.rows) for part in self.parts)


def access_package(subject: Subject, now: datetime, *, categories_only: bool = False) -> AccessPackage:
    """Put together everything that is held of somebody.

    Args:
        subject: Whom, by whatever is known.
        now: When.
        categories_only: Say how much there is of what, and nothing of the pieces (1798.110(a)(1)).

    Raises:
        ErasureNobodyError: Nothing is named that anybody could be found by.
    """
    wider = subject_widen(subject)
    parts = tuple(_part(holder, wider, categories_only=categories_only) for holder in holders_in_order())
    html = render_to_string(
        "desk/access_package.html",
        {
            "parts": parts,
            "made_at": now,
            "operator": settings.PRIVACY_OPERATOR,
        },
    )
    return AccessPackage(parts, _as_json(parts, now), html)


def _part(holder: PersonalDataHolder, subject: Subject, *, categories_only: bool) -> PackagePart:
    rows = tuple(holder.export(subject))
    if categories_only:
        rows = (Row("entries", {"how many": len(rows)}),) if rows else ()
    return PackagePart(
        name=holder.name,
        data_class=holder.data_class.value,
        holds=holder.holds,
        retention=holder.retention,
        rows=rows,
    )


def _as_json(parts: tuple[PackagePart, ...], now: datetime) -> str:
    document: Mapping[str, Any] = {
        "v": _VERSION,
        "made_at": now.isoformat(timespec="seconds"),
        "holders": [
            {
                "name": part.name,
                "data_class": part.data_class,
                "holds": part.holds,
                "retention": part.retention,
                "rows": [{"place": row.place, **row.values} for row in part.rows],
            }
            for part in parts
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, default=str)


def _word(value: Any) -> str:
    if value is None or value in ("", {}, []):
        return "–"  # noqa: RUF001 (a dash, as tables write nothing)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
