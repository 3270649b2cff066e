"""One child: started in a session of its own, ended with everything it started."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from releaseconsole.kernel import clock
from releaseconsole.supervisor.logs import log_open
from releaseconsole.supervisor.parent_death import die_with_parent
from releaseconsole.supervisor.plan import ChildSpec

_POLL_SECONDS: Final = 0.05
_GROUP_SECONDS: Final = 5.0


class Child:
    """A child process and its log file."""

    def __init__(
        self,
        spec: ChildSpec,
        *,
        log: Path,
        cwd: Path,
        environment: Mapping[str, str],
        keep_open: tuple[int, ...],
    ) -> None:
        """Prepare, without starting.

        Args:
            spec: What to run.
            log: Where its output goes.
            cwd: Where it runs.
            environment: Its whole environment.
            keep_open: File descriptors it inherits (the lock of the var directory).
        """
        self.spec: Final = spec
        self.log: Final = log
        self._cwd = cwd
        self._environment = environment
        self._keep_open = keep_open
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0

    @property
    def pid(self) -> int | None:
        """The id of the running process, None when it doesn't run."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it; its session keeps a terminal's Ctrl-C away, since the supervisor decides the order."""
        self._started_at = clock.monotonic()
        with log_open(self.log) as log:
            self._process = subprocess.Popen(  # noqa: S603 (the command comes from plan.py)
                self.spec.command,
                cwd=self._cwd,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self._keep_open,
                preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509 (this process has one thread)
            )

    def death(self) -> tuple[str, float] | None:
        """Return how it ended and how many seconds it lived, None while it runs."""
        if self._process is None or self._process.poll() is None:
            return None
        code = self._process.returncode
        how = f"ended with code {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"
        _group_end(self._process.pid)
        self._process = None
        return how, clock.monotonic() - self._started_at

    def stop(self, *, in_a_hurry: Callable[[], bool]) -> None:
        """Ask it to end, wait, and end by force what is left of it and its own children."""
        if self._process is None:
            return
        self._process.terminate()
        deadline = clock.monotonic() + self.spec.stop_seconds
        while self._process.poll() is None and clock.monotonic() < deadline and not in_a_hurry():
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_POLL_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None


def _group_end(group: int) -> None:
    """End what a dead child left running, gently first: a web process may still be answering."""
    deadline = clock.monotonic() + _GROUP_SECONDS
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGTERM)
        while clock.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(_POLL_SECONDS)
        os.killpg(group, signal.SIGKILL)
