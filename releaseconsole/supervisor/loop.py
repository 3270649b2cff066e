"""The supervisor's loop: start in order, wait until each is ready, revive what dies, end in reverse."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from releaseconsole.kernel import clock
from releaseconsole.supervisor.errors import ChildFailedError
from releaseconsole.supervisor.logs import log_tail, log_trim
from releaseconsole.supervisor.process import Child
from releaseconsole.supervisor.restarts import Restarts
from releaseconsole.supervisor.signals import Signals

_READY_SECONDS: Final = 60.0
_TICK_STARTING: Final = 0.1
_TICK_RUNNING: Final = 1.0
_TAIL_LINES: Final = 12


class Supervisor:
    """Owns the children from the first start to the last end."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        ready: Mapping[str, Callable[[], bool]],
        signals: Signals,
        say: Callable[[str], None],
    ) -> None:
        """Take over the children.

        Args:
            children: In the order of their start.
            ready: For a child's name, whether it's ready for the next child to start.
            signals: Where requests to stop arrive.
            say: Tells the person at the terminal.
        """
        self._children = children
        self._ready = ready
        self._signals = signals
        self._say = say
        self._restarts = {child.spec.name: Restarts() for child in children}
        self._due: dict[str, float] = {}

    def run(self, announce: Callable[[], None]) -> None:
        """Run until asked to stop; `announce` is called once everything is ready.

        Raises:
            ChildFailedError: A child didn't become ready, or kept dying. The others have been ended.
        """
        try:
            for child in self._children:
                if not self._stopping():
                    child.start()
                    self._wait_until_ready(child)
            if not self._stopping():
                announce()
            while not self._stopping():
                self._tick(_TICK_RUNNING)
        finally:
            self._stop_all()

    def _stopping(self) -> bool:
        return self._signals.stop_requests > 0

    def _wait_until_ready(self, child: Child) -> None:
        is_ready = self._ready.get(child.spec.name)
        deadline = clock.monotonic() + _READY_SECONDS
        while is_ready and not self._stopping() and not is_ready():
            if clock.monotonic() > deadline:
                raise self._failure(child, f"isn't ready after {_READY_SECONDS:.0f} seconds")
            self._tick(_TICK_STARTING)

    def _tick(self, longest: float) -> None:
        now = clock.monotonic()
        self._signals.wait(min([longest, *(due - now for due in self._due.values())]))
        if self._stopping():
            return
        for child in self._children:
            self._bury(child)
            self._revive(child)
            log_trim(child.log)

    def _bury(self, child: Child) -> None:
        death = child.death()
        if death is None:
            return
        how, lived_seconds = death
        delay = self._restarts[child.spec.name].after_death(lived_seconds)
        if delay is None:
            raise self._failure(child, f"{how} again and again")
        self._say(f"{child.spec.name} {how}; it starts again in {delay:g} s (log: {child.log})")
        self._due[child.spec.name] = clock.monotonic() + delay

    def _revive(self, child: Child) -> None:
        due = self._due.get(child.spec.name)
        if due is not None and clock.monotonic() >= due:
            del self._due[child.spec.name]
            child.start()

    def _failure(self, child: Child, what: str) -> ChildFailedError:
        return ChildFailedError(child.spec.name, what, child.log, log_tail(child.log, _TAIL_LINES))

    def _stop_all(self) -> None:
        """End everything; another Ctrl-C while this waits ends the rest by force."""
        asked_before = self._signals.stop_requests
        for child in reversed(self._children):
            child.stop(in_a_hurry=lambda: self._signals.stop_requests > max(asked_before, 1))
