"""A circuit breaker: what has failed several times in a row is left alone for a while.

Without one, an HSM that doesn't answer would hold every web thread for the length of a time-out, and with
them the pages and answers that need no key.
"""

from threading import Lock
from typing import Final

from signing.errors import KeyUnavailableError

FAILURES: Final = 3
PAUSE_SECONDS: Final = 5.0


class Circuit:
    """Counts failures in a row; safe to share between threads. Times are the caller's monotonic seconds."""

    def __init__(self, *, failures: int = FAILURES, pause: float = PAUSE_SECONDS) -> None:
        self._most: Final = failures
        self._pause: Final = pause
        self._lock: Final = Lock()
        self._failed = 0
        self._closed_until = 0.0

    def enter(self, now: float) -> None:
        """Let a call through, or refuse it at once.

        After the pause one call is let through to try; until it has succeeded the others are still refused.

        Raises:
            KeyUnavailableError: Too many calls in a row have failed just now.
        """
        with self._lock:
            if self._failed < self._most:
                return
            if now < self._closed_until:
                raise KeyUnavailableError("The key backend has failed repeatedly; it is being left alone.")
            self._closed_until = now + self._pause

    def succeeded(self) -> None:
        """Forget the failures."""
        with self._lock:
            self._failed = 0

    def failed(self, now: float) -> None:
        """Count one more failure."""
        with self._lock:
            self._failed += 1
            self._closed_until = now + self._pause
