"""How long a session lasts (NIST SP 800-63B-4, section 2.2.3 and 2.3.3): without activity, and altogether."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# Being seen is written down at most this often, so that not every page turns into a write.
_SEEN_AT_MOST: Final = timedelta(minutes=1)


class SessionEnd(StrEnum):
    """Why a session is over."""

    SIGNED_OUT = "signed_out"
    IDLE = "idle"
    ABSOLUTE = "absolute"
    ENDED_BY_OWNER = "ended_by_owner"
    ENDED_BY_CONSOLE = "ended_by_console"
    ENDED_BY_PROVIDER = "ended_by_provider"


SESSION_END_WORDS: Final[Mapping[SessionEnd, str]] = {
    SessionEnd.IDLE: "You were signed out, because nothing was done here for a while. Sign in again.",
    SessionEnd.ABSOLUTE: "You were signed out: after a while both factors are asked again. Sign in again.",
    SessionEnd.ENDED_BY_OWNER: "This session was ended from another browser of yours. Sign in again.",
}


def duration_words(duration: timedelta) -> str:
    """Say a limit as people do: in whole hours where it has them, else in minutes."""
    minutes = round(duration / timedelta(minutes=1))
    count, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"{count} {unit}{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """Time without activity, and time since sign-in, after which both factors are asked again."""

    idle: timedelta
    absolute: timedelta

    def end_of(self, *, opened_at: datetime, seen_at: datetime, now: datetime) -> SessionEnd | None:
        """Say which limit a session has passed, if any."""
        if now >= opened_at + self.absolute:
            return SessionEnd.ABSOLUTE
        if now >= seen_at + self.idle:
            return SessionEnd.IDLE
        return None

    def is_seen_anew(self, *, seen_at: datetime, now: datetime) -> bool:
        """Whether activity now is worth writing down: often enough for `idle` to be right."""
        return now >= seen_at + min(_SEEN_AT_MOST, self.idle / 10)
