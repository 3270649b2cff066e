"""The console's own Redis, for a command that needs it while the console itself is down: after a restore."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings

from releaseconsole.kernel import clock
from releaseconsole.supervisor.errors import RedisMissingError
from releaseconsole.supervisor.lock import lock_take
from releaseconsole.supervisor.plan import ChildSpec
from releaseconsole.supervisor.process import Child
from releaseconsole.supervisor.redis_server import redis_answers, redis_binary_find, redis_command

_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 20
_PAUSE: Final = 0.05


@contextmanager
def redis_meanwhile() -> Iterator[None]:
    """Have it up: the one that is, or one of this command's own, while no console can start beside it.

    Raises:
        AlreadyRunningError: A console is starting or ending at this moment.
        RedisMissingError: There's none to start, or it doesn't come up.
    """
    socket = settings.REDIS_SOCKET
    if settings.REDIS_URL or redis_answers(socket):
        yield
        return
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock_take(settings.VAR_DIR / "console.lock") as lock:
        server = Child(
            ChildSpec("redis", redis_command(redis_binary_find(), socket), stop_seconds=_STOP_SECONDS),
            log=settings.VAR_DIR / "log" / "redis.log",
            cwd=settings.BASE_DIR,
            environment=os.environ,
            keep_open=(lock.fileno(),),
        )
        server.start()
        try:
            _wait_for(server)
            yield
        finally:
            server.stop(in_a_hurry=lambda: False)


def _wait_for(server: Child) -> None:
    ends_at = clock.monotonic() + _START_SECONDS
    while not redis_answers(settings.REDIS_SOCKET):
        if server.death() is not None or clock.monotonic() > ends_at:
            raise RedisMissingError(f"The console's Redis doesn't start. Its log is {server.log}.")
        time.sleep(_PAUSE)
