"""Which children an embedded console has, in the order in which they start. Pure."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from releaseconsole.supervisor.redis_server import redis_command

_CELERY: Final = ("-m", "celery", "--app", "releaseconsole", "--quiet")


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """One child: its command, and how long it may take to end by itself."""

    name: str
    command: tuple[str, ...]
    stop_seconds: float


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the plan depends on; `redis_binary` is None when REDIS_URL names a server."""

    python: str
    var_dir: Path
    host: str
    port: int
    web_workers: int
    web_threads: int
    redis_binary: Path | None
    redis_socket: Path


def children_plan(options: PlanOptions) -> tuple[ChildSpec, ...]:
    """List the children; they end in the opposite order, so that nobody loses what they still write to."""
    redis = (_redis(options.redis_binary, options.redis_socket),) if options.redis_binary else ()
    return (*redis, _worker(options), _beat(options), _web(options))


def _redis(binary: Path, socket: Path) -> ChildSpec:
    return ChildSpec("redis", redis_command(binary, socket), stop_seconds=20)


def _worker(options: PlanOptions) -> ChildSpec:
    # Threads: the tasks wait for databases more than they compute, and an idle pool of processes needs
    # seconds to end, which every Ctrl-C would wait for.
    pool = ("--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle")
    command = (options.python, *_CELERY, "worker", *pool, "--loglevel", "WARNING")
    return ChildSpec("worker", command, stop_seconds=20)


def _beat(options: PlanOptions) -> ChildSpec:
    # Its own child, not `worker -B`: a killed worker leaves that beat running for ever.
    schedule = str(options.var_dir / "beat-schedule")
    command = (options.python, *_CELERY, "beat", "--schedule", schedule, "--loglevel", "WARNING")
    return ChildSpec("beat", (*command, "--pidfile", ""), stop_seconds=5)


def _web(options: PlanOptions) -> ChildSpec:
    command = (
        *(options.python, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", options.host, "--port", str(options.port)),
        *("--workers", str(options.web_workers), "--blocking-threads", str(options.web_threads)),
        # Connections, idle ones included, for each process: with granian's own limit of 512 a thousand
        # phones that keep theirs open shut out the next one for half a minute (docs/adr/0006).
        *("--backlog", "4096", "--backpressure", "2048"),
        # Said, although it's the default: a variable could switch it on, and it has phones' addresses.
        "--no-access-log",
        # Without these one dead worker stays dead, and a hanging one holds up every stop.
        *("--respawn-failed-workers", "--workers-kill-timeout", "5"),
        "releaseconsole.wsgi:application",
    )
    return ChildSpec("web", command, stop_seconds=15)
