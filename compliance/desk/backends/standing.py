"""The parts of the desk that have lines on the start page; each registers its own when the desk starts."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from compliance.desk.domain.standing import StandingLine

StandingSource = Callable[[datetime], Iterable[StandingLine]]

_sources: Final[dict[str, StandingSource]] = {}


def standing_register(name: str, source: StandingSource) -> None:
    """Ask `source` for lines from now on; a second one of the same name takes the first one's place."""
    _sources[name] = source


def standing_sources() -> tuple[StandingSource, ...]:
    """Return all of them, in the order in which they were registered."""
    return tuple(_sources.values())
