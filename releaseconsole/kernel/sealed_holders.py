"""Who holds sealed values, so that all of them can be sealed anew when the KEK changes.

Each floor that seals something registers it when it starts; `manage.py rewrap_keys` asks them all. Whoever
forgets to register loses what it sealed on the day the earlier KEK is taken offline.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What one run over one holder did.

    Attributes:
        renewed: How many values are now under the current KEK that weren't before.
        failed: What couldn't be opened, each with its reason; left as it is.
    """

    renewed: int
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SealedHolder:
    """One kind of sealed value.

    Attributes:
        name: For people, in the plural: "signing keys".
        rewrap: Seals everything anew that isn't under the current KEK; may be repeated, and killed.
        census: How many values there are, by the id of the KEK they are sealed under.
    """

    name: str
    rewrap: Callable[[], Rewrapped]
    census: Callable[[], Mapping[str, int]]


_holders: Final[dict[str, SealedHolder]] = {}


def sealed_holder_register(
    name: str, rewrap: Callable[[], Rewrapped], *, census: Callable[[], Mapping[str, int]]
) -> None:
    """Declare a kind of sealed value; a second one of the same name takes the first one's place."""
    _holders[name] = SealedHolder(name, rewrap, census)


def sealed_holders() -> tuple[SealedHolder, ...]:
    """Return all of them, in the order in which they were declared."""
    return tuple(_holders.values())
