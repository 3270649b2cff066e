"""Which report of the catalogue serves a control: read from what each report says that it serves."""

import re
from collections.abc import Iterator
from typing import Final

from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.domain.reports.declaration import ReportKind

_NIST: Final = re.compile(r"\b[A-Z]{2}-\d+")
_CCPA: Final = re.compile(r"(?<![\d.])7\d{3}\b")
_HIPAA: Final = re.compile(r"(?:(164\.\d{3})|^)((?:\([A-Za-z0-9]+\))*)")


def reports_serving(number: str) -> list[ReportKind]:
    """Find the reports that serve a control, by its number as the matrix writes it."""
    asked = set(_references(number))
    return [kind for kind in REPORTS.values() if _meets(asked, set(_references("; ".join(kind.serves))))]


def _references(text: str) -> Iterator[str]:
    """Read numbers of controls and sections; `(a)(4)` belongs to the section named before it.

    Yields:
        Each, as it's written.
    """
    yield from _NIST.findall(text)
    yield from _CCPA.findall(text)
    section = ""
    for part in re.split(r"[,;]\s*", text):
        found = next((each for each in _HIPAA.finditer(part) if each[1] or each[2]), None)
        if found is None:
            continue
        section = found[1] or section
        if section:
            yield section + found[2]


def _meets(asked: set[str], served: set[str]) -> bool:
    """Whether one is the other, or a paragraph of it."""
    return any(
        one.startswith(f"{other}(") or other.startswith(f"{one}(") or one == other
        for one in asked
        for other in served
    )
