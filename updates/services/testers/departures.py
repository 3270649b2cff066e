"""Whom it concerns that a tester wants their data deleted, or that they are: floors above register here.

The tester's page knows no register of privacy requests; whoever keeps one listens. A listener runs in the
transaction of what it's told, so that both are kept or neither.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from updates.models import Tester


@dataclass(frozen=True, slots=True)
class DepartureListener:
    """One who listens.

    Attributes:
        asked: A tester has just asked for the deletion of their data; all of it is still there.
        erased: It's about to be erased, for whatever reason; the last look at it.
    """

    asked: Callable[[Tester], None]
    erased: Callable[[Tester, datetime], None]


_listeners: Final[dict[str, DepartureListener]] = {}


def departure_listener_register(name: str, listener: DepartureListener) -> None:
    """Listen from now on; a second one of the same name takes the first one's place."""
    _listeners[name] = listener


def deletion_asked(tester: Tester) -> None:
    """Tell all of them that a tester asked."""
    for listener in _listeners.values():
        listener.asked(tester)


def erasure_told(tester: Tester, now: datetime) -> None:
    """Tell all of them that a tester is erased."""
    for listener in _listeners.values():
        listener.erased(tester, now)
