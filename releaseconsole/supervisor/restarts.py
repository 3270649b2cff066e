"""When a child that died is started again, and when that is given up. Pure."""

from dataclasses import dataclass
from typing import Final

QUICK_SECONDS: Final = 10.0
QUICK_DEATHS_ALLOWED: Final = 5
_FIRST_DELAY: Final = 0.5


@dataclass(slots=True)
class Restarts:
    """The quick deaths of one child in a row; a longer life clears them."""

    quick_deaths: int = 0

    def after_death(self, lived_seconds: float) -> float | None:
        """Return the seconds to wait before the next start, or None to give up."""
        self.quick_deaths = self.quick_deaths + 1 if lived_seconds < QUICK_SECONDS else 1
        if self.quick_deaths >= QUICK_DEATHS_ALLOWED:
            return None
        return float(_FIRST_DELAY * 2 ** (self.quick_deaths - 1))
