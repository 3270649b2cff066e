"""Calls that can't be interrupted, made on a thread of their own so that nobody waits for ever.

A PKCS#11 call that hangs, hangs: no time-out reaches into the library. The caller stops waiting; the thread
is lost until the library answers. It is a daemon, because a thread that is joined at exit would keep a
process with a dead HSM from ever ending.
"""

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Final, TypeVar

from signing.errors import KeyUnavailableError

T = TypeVar("T")


class CallThread:
    """One thread that makes one call after another; started with the first."""

    def __init__(self) -> None:
        self._lock: Final = Lock()
        self._started = False
        self._calls: Final[SimpleQueue[tuple[Future[Any], Callable[[], Any]]]] = SimpleQueue()

    def call(self, work: Callable[[], T], *, timeout: float) -> T:
        """Run `work` on the thread and wait for it, `timeout` seconds at most.

        Raises:
            KeyUnavailableError: It hasn't answered in time. What hasn't begun yet won't.
        """
        future: Future[T] = Future()
        self._start()
        self._calls.put((future, work))
        try:
            return future.result(timeout)
        except TimeoutError as exc:
            future.cancel()
            raise KeyUnavailableError(f"The HSM didn't answer within {timeout:g} seconds.") from exc

    def _start(self) -> None:
        with self._lock:
            if not self._started:
                Thread(target=self._serve, name="key-backend", daemon=True).start()
            self._started = True

    def _serve(self) -> None:
        while True:
            future, work = self._calls.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as exc:  # noqa: BLE001 (it belongs to the caller, whatever it is)
                future.set_exception(exc)
            del future, work
