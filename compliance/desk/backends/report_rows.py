"""Rows of reports that selectors can't read because they're measured: services register what yields them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.reports.declaration import Row

StateRows = Callable[[datetime, Period], Iterator[Row]]

_measured: Final[dict[str, StateRows]] = {}


def measured_rows_register(report: str, rows: StateRows) -> None:
    """Have the rows of a report yielded by `rows` from now on."""
    _measured[report] = rows


def measured_rows() -> dict[str, StateRows]:
    """Return all of them, by report."""
    return dict(_measured)
