"""Rows of “failed sign-ins and denied actions”."""

from typing import Final

from compliance.desk.domain.reports.declaration import Cell
from compliance.desk.selectors.reports.log_rows import Told
from compliance.ledger.domain.phrases import phrase

# Whichever of these an entry tells says why; the last are personal and there only when asked for.
_WHY: Final = ("code", "rule", "permission", "factor", "error", "operation", "counter", "reason")
_WHERE: Final = ("path", "asked_app", "repository", "project_path")


def refusal_cells(told: Told) -> tuple[Cell, ...]:
    """Write one entry as a row."""
    why = [f"{name.replace('_', ' ')} {told.fact(name)}" for name in _WHY if told.fact(name)]
    where = [told.fact(name) for name in _WHERE if told.fact(name)]
    return (
        told.sequence,
        told.at,
        told.who,
        told.name,
        phrase(told.header["action"], told.header["outcome"]),
        told.header["outcome"],
        told.about or told.app,
        "; ".join(why),
        "; ".join(where),
        told.header["action"],
    )
