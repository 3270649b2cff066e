"""What is measured: granian as `manage.py console` starts it, with a temporary console of its own."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from releaseconsole.supervisor.parent_death import die_with_parent
from tests.support.servers import redis_start

WORKERS = 2
FLOOR = "bench.floor:application"
CONSOLE = "releaseconsole.wsgi:application"


@dataclass(frozen=True)
class Server:
    """A running web server."""

    url: str
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Processor time of the server and its workers so far."""
        times = [process.cpu_times() for process in (self.process, *self.process.children(recursive=True))]
        return sum(time.user + time.system for time in times)


@contextmanager
def seeded_environment() -> Iterator[dict[str, str]]:
    """Environment variables of a console with something to decide about, and with its real Redis."""
    with ExitStack() as ending:
        place = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="rc-bench-")))
        environment = os.environ | {
            "CONSOLE_VAR_DIR": str(place / "var"),
            "REDIS_URL": redis_start(place / "redis", partial(_at_end, ending)),
            "LOG_LEVEL": "WARNING",
        }
        subprocess.run([sys.executable, "-m", "bench.seed"], env=environment, check=True, capture_output=True)
        yield environment


@contextmanager
def served(application: str, environment: dict[str, str], *, threads: int) -> Iterator[Server]:
    """Serve a WSGI application until the block ends."""
    port = _free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "error"),
        *("--port", str(port), "--workers", str(WORKERS), "--blocking-threads", str(threads)),
        application,
    ]
    environment = environment | {"WEB_THREADS": str(threads), "PORT": str(port)}
    process = subprocess.Popen(command, env=environment, preexec_fn=die_with_parent)  # noqa: PLW1509 (one thread)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(lambda: _answers(url + "/readyz") or process.poll() is not None)
        yield Server(url, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait()


def _at_end(ending: ExitStack, call: Callable[[], None]) -> None:
    ending.callback(call)


def _answers(url: str) -> bool:
    with suppress(urllib.error.HTTPError):  # the floor knows nothing but checks; any answer will do
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 (our own server)
        except (urllib.error.URLError, OSError) as exc:
            if isinstance(exc, urllib.error.HTTPError):
                raise
            return False
    return True


def _wait(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
