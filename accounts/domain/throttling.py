"""How guessing at passwords is slowed down, without a stranger locking a colleague out.

Failures are counted in three places at once. Two slow down where they come from: the address, and the account
at that address. The third stops after a hundred in a row (NIST SP 800-63B-4, section 3.2.2); each browser in
which the person has been signed in has one of its own, all others share one: strangers use up what strangers
have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

MOST_IN_A_ROW: Final = 100


class Scope(StrEnum):
    """Where failures are counted."""

    ADDRESS = "address"
    ACCOUNT_AT_ADDRESS = "account_at_address"
    STRANGERS = "strangers"
    KNOWN_BROWSER = "known_browser"
    LETTERS = "letters"


@dataclass(frozen=True, slots=True)
class Limit:
    """What failures cost.

    Attributes:
        free: So many cost nothing; each further one doubles the wait, from a second on.
        longest: The longest wait.
        forgotten_after: Time without a failure after which the count starts anew; None is never.
        most: So many in a row, and nothing more is tried.
    """

    free: int
    longest: timedelta = timedelta(0)
    forgotten_after: timedelta | None = None
    most: int | None = None

    def standing(self, *, failures: int, last_at: datetime, now: datetime) -> int:
        """Count the failures that aren't forgotten."""
        forgotten = self.forgotten_after is not None and now >= last_at + self.forgotten_after
        return 0 if forgotten else failures

    def opens_at(self, *, failures: int, last_at: datetime) -> datetime | None:
        """Say when the next attempt is let through; None where it never is."""
        if self.most is not None and failures >= self.most:
            return None
        if failures <= self.free or not self.longest:
            return last_at
        # More than 2**32 seconds is beyond any longest wait.
        doubled = timedelta(seconds=2 ** min(failures - self.free - 1, 32))
        return last_at + min(doubled, self.longest)


LIMITS: Final[Mapping[Scope, Limit]] = {
    # Many people may share an address (an office, a mobile network): it has more room, and waits less.
    Scope.ADDRESS: Limit(free=30, longest=timedelta(minutes=5), forgotten_after=timedelta(hours=1)),
    Scope.ACCOUNT_AT_ADDRESS: Limit(
        free=5, longest=timedelta(minutes=15), forgotten_after=timedelta(hours=24)
    ),
    Scope.STRANGERS: Limit(free=MOST_IN_A_ROW, most=MOST_IN_A_ROW),
    Scope.KNOWN_BROWSER: Limit(free=MOST_IN_A_ROW, most=MOST_IN_A_ROW),
    Scope.LETTERS: Limit(free=5, longest=timedelta(minutes=15), forgotten_after=timedelta(hours=24)),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Whence somebody tries.

    Attributes:
        network: Of their address, as `network_of` names it.
        browsers: Ids that this browser was given when people signed in from it with both factors, by person.
    """

    network: str
    browsers: Mapping[str, str] = field(default_factory=dict)
