"""The supervisor, tried by killing real processes."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from tests.support.console import (
    ROOT,
    RunningConsole,
    console_first_started,
    console_started,
    database_put,
    port_free,
    wait_until,
)


@pytest.fixture(scope="module")
def running() -> Iterator[RunningConsole]:
    with console_first_started() as console:
        yield console


def _console_fails(**environment: str) -> str:
    """Start a console that must refuse, and return what it says."""
    result = subprocess.run(
        [sys.executable, "manage.py", "console"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode != 0
    return result.stderr


@pytest.mark.parametrize("name", ["redis", "worker", "beat", "web"])
def test_a_killed_child_comes_back(running: RunningConsole, name: str) -> None:
    wait_until(lambda: set(running.children()) == {"redis", "worker", "beat", "web"}, "all children run")
    killed = running.children()[name]
    left_behind = killed.children(recursive=True)
    killed.kill()
    wait_until(lambda: running.children().get(name, killed) != killed, f"{name} runs again")
    wait_until(running.is_answering, "the console answers again")
    _, orphans = psutil.wait_procs(left_behind, timeout=30)
    assert not orphans
    assert f"{name} was ended by SIGKILL; it starts again" in running.output


def test_a_killed_web_worker_comes_back(running: RunningConsole) -> None:
    wait_until(running.is_answering, "the console answers")
    killed = next(iter(running.web_workers()))
    killed.kill()
    wait_until(lambda: len(running.web_workers() - {killed}) == 2, "two web workers run")
    wait_until(running.is_answering, "the console answers")


def test_a_second_console_on_the_same_directory_is_refused(running: RunningConsole) -> None:
    said = _console_fails(CONSOLE_VAR_DIR=str(running.var_dir))
    assert f"A console already runs on {running.var_dir} (process {running.process.pid})" in said


def test_a_taken_port_is_one_clear_line_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        said = _console_fails(CONSOLE_VAR_DIR=str(tmp_path / "var"), PORT=str(port))
    assert f"Can't listen on 127.0.0.1:{port}: Address already in use." in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "var" / "console.sqlite3").exists()


def test_a_child_that_dies_at_every_start_ends_the_console_by_name(tmp_path: Path) -> None:
    database_put(tmp_path)
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "appendonly.aof").write_text("not what Redis wrote")
    said = _console_fails(CONSOLE_VAR_DIR=str(tmp_path), REDIS_URL="")
    assert "redis ended with code 1 again and again; the console ends." in said
    assert f"Its log is {tmp_path}/log/redis.log" in said


def test_ctrl_c_ends_everybody_and_a_second_start_finds_all_data() -> None:
    with console_started() as console:
        secrets, setup_url = _secrets(console), console.setup_url
        _private_redis(console).set("kept", "yes")
        assert console.stop(signal.SIGINT) == 0
        console.start()
        console.wait_until_ready()
        assert _private_redis(console).get("kept") == b"yes"
        assert _secrets(console) == secrets
        assert console.setup_url != setup_url  # nobody has been set up: the link that was lost is replaced
        assert console.stop(signal.SIGTERM) == 0


def test_ctrl_c_while_it_is_starting_ends_it_without_a_traceback(tmp_path: Path) -> None:
    console = RunningConsole(tmp_path, port_free())
    console.start()
    wait_until(lambda: "Made Django's secret key" in console.output, "the first start has begun")
    assert console.stop(signal.SIGINT) == 0
    assert console.output.splitlines()[-1] == "The console has ended."


def test_a_killed_supervisor_leaves_no_orphans() -> None:
    with console_started() as console:
        family = console.descendants()
        assert len(family) >= 6  # four children, and two web workers
        console.process.kill()
        console.process.wait()
        console.assert_nobody_lives(family)


def _private_redis(console: RunningConsole) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(console.var_dir / "redis" / "redis.sock"))


def _secrets(console: RunningConsole) -> tuple[str, str]:
    return (console.var_dir / "kek").read_text(), (console.var_dir / "secret_key").read_text()


def test_nothing_that_the_console_makes_is_open_to_others(running: RunningConsole) -> None:
    published = {"static", running.output_file.name}  # the second one is this test's own
    private = [path for path in running.var_dir.rglob("*") if published.isdisjoint(path.parts)]
    assert {"console.sqlite3", "kek", "secret_key"} <= {path.name for path in private}
    assert [path for path in private if path.lstat().st_mode & 0o007] == []
