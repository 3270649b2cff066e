"""The real console as a child process: what `make run` starts, with a var directory and a port of its own."""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from releaseconsole.environment import DECLARED
from releaseconsole.kernel import clock
from releaseconsole.supervisor.parent_death import die_with_parent
from releaseconsole.supervisor.readiness import web_answers
from tests.support.migrated import sqlite_put

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "console.sqlite3"
_PATIENCE = 300.0


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition; the limit is there for a condition that never comes true."""
    deadline = clock.monotonic() + _PATIENCE
    while not condition():
        if clock.monotonic() > deadline:
            raise AssertionError(f"still not so after {_PATIENCE:.0f} s: {what}")
        time.sleep(0.05)


def port_free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _commands(parent: psutil.Process) -> list[tuple[psutil.Process, str]]:
    """A process's living children with their command lines."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for child in parent.children():
            with suppress(psutil.NoSuchProcess):  # it may die meanwhile, or be a zombie
                found.append((child, " ".join(child.cmdline())))
    return found


@dataclass(slots=True)
class RunningConsole:
    """One `manage.py console`, and what tests ask of it."""

    var_dir: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def output_file(self) -> Path:
        return self.var_dir / "output"

    @property
    def output(self) -> str:
        return self.output_file.read_text()

    @property
    def setup_url(self) -> str:
        """The set-up link that was printed last."""
        return str(re.findall(r"http\S+/setup/\S+", self.output)[-1])

    @property
    def environment(self) -> dict[str, str]:
        """What it and its commands run in."""
        declared = {*DECLARED, *(f"{name}_FILE" for name in DECLARED)}
        environment = {name: value for name, value in os.environ.items() if name not in declared}
        own = {"CONSOLE_VAR_DIR": str(self.var_dir), "PORT": str(self.port), "CONSOLE_DEMO": "1"}
        return environment | own | self.settings

    def manage(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a management command beside it."""
        return self.python("manage.py", *arguments, typed=typed)

    def python(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run Python with its settings."""
        command = [sys.executable, *arguments]
        environment = self.environment | {"DJANGO_SETTINGS_MODULE": "releaseconsole.settings"}
        return subprocess.run(
            command, cwd=ROOT, env=environment, input=typed, capture_output=True, text=True, check=False
        )

    def start(self) -> None:
        """Start without waiting."""
        with self.output_file.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "console"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,
            )

    def wait_until_ready(self) -> None:
        def announced() -> bool:
            assert self.process.poll() is None, self.output
            return "Press Ctrl-C" in self.output

        wait_until(announced, "the console says that it runs")

    def is_answering(self) -> bool:
        return web_answers("127.0.0.1", self.port)

    def children(self) -> dict[str, psutil.Process]:
        """The supervisor's own children, by what they are."""
        marks = {"redis": "redis", "worker": " worker ", "beat": " beat ", "web": "granian"}
        lines = _commands(psutil.Process(self.process.pid))
        return {name: child for name, mark in marks.items() for child, line in lines if mark in line}

    def web_workers(self) -> set[psutil.Process]:
        web = self.children().get("web")
        return {child for child, line in _commands(web) if "granian" in line} if web else set()

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send the signal, wait for the end, and see that nobody was left behind."""
        family = self.descendants()
        self.process.send_signal(number)
        code = self.process.wait(_PATIENCE)
        self.assert_nobody_lives(family)
        return code

    def assert_nobody_lives(self, family: list[psutil.Process]) -> None:
        _, alive = psutil.wait_procs(family, timeout=_PATIENCE)
        assert not alive
        with (self.var_dir / "console.lock").open() as lock:  # every child holds it: free means all are gone
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def database_put(var_dir: Path) -> None:
    """Give a console to be started the database that its first start would make."""
    sqlite_put(var_dir / DATABASE)


@contextmanager
def console_first_started(**settings: str) -> Iterator[RunningConsole]:
    """A ready console that found nothing, as on a fresh machine; its var directory is removed afterwards."""
    with _var_directory() as var_dir, _running(RunningConsole(var_dir, port_free(), settings)) as console:
        yield console


@contextmanager
def console_started(**settings: str) -> Iterator[RunningConsole]:
    """The same, sooner: its database has been migrated already."""
    with _var_directory() as var_dir:
        database_put(var_dir)
        with _running(RunningConsole(var_dir, port_free(), settings)) as console:
            yield console


@contextmanager
def _var_directory() -> Iterator[Path]:
    # Short: the path of a Unix socket has little room.
    var_dir = Path(tempfile.mkdtemp(prefix="rc-console-"))
    try:
        yield var_dir
    finally:
        shutil.rmtree(var_dir)


@contextmanager
def _running(console: RunningConsole) -> Iterator[RunningConsole]:
    console.start()
    try:
        console.wait_until_ready()
        yield console
    finally:
        if console.process.poll() is None:
            console.stop()
