"""What grants can be about: the apps and their channels, told by the floor that has them.

This floor knows both by their ids only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from accounts.domain.access import Place


@dataclass(frozen=True, slots=True)
class AppPlaces:
    """An app with the names of its channels."""

    app_id: str
    name: str
    channels: tuple[str, ...]


class PlaceSource(Protocol):
    """What the floor that knows apps registers at start-up."""

    def __call__(self) -> Sequence[AppPlaces]:
        """List all apps, by name."""


_sources: Final[list[PlaceSource]] = []


def places_register(source: PlaceSource) -> None:
    """Let `source` tell which apps there are; called from an app's `ready`."""
    if source not in _sources:
        _sources.append(source)


def places_known() -> list[AppPlaces]:
    """List all apps with their channels."""
    return [app for source in _sources for app in source()]


def place_exists(place: Place) -> bool:
    """Whether there is such an app, and such a channel of it."""
    return any(app.app_id == place.app_id and place.channel in {"", *app.channels} for app in places_known())
