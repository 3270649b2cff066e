"""Signals as something a loop can wait for: a wake-up instead of a poll, and no work inside a handler."""

import select
import signal
import socket
from types import FrameType, TracebackType
from typing import Final, Self

_STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """Counts requests to stop, and wakes the loop for them and for every child that ends."""

    def __init__(self) -> None:
        self.stop_requests = 0
        self._read_end, self._write_end = socket.socketpair()
        self._read_end.setblocking(False)
        self._write_end.setblocking(False)

    def __enter__(self) -> Self:
        signal.set_wakeup_fd(self._write_end.fileno(), warn_on_full_buffer=False)
        for number in _STOPPING:
            signal.signal(number, self._count)
        # A handler has to exist for the wake-up to happen; there is nothing to do in it.
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(-1)
        for number in (*_STOPPING, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        self._read_end.close()
        self._write_end.close()

    def wait(self, seconds: float) -> None:
        """Sleep until a signal arrives or the time is over."""
        readable, _, _ = select.select([self._read_end], [], [], max(0.0, seconds))
        if readable:
            self._read_end.recv(4096)

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self.stop_requests += 1
