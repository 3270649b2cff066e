"""Transactions that record an event against the same without the log, from as many writers at once.

The transactions are the console's own: an app's build is registered, by the service that pages and API call.
For the rounds without a log, recording is taken out of it. The writers are threads of two processes, as the
console has; each has an app of its own, and waits five milliseconds before the next one. Rounds with and
without take turns. Processor time is that of the writers and of PostgreSQL together: it tells the same on a
machine that others use as well.
"""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

import psutil

TARGET = 0.8
PROCESSES = 2
WORK_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Round:
    """What a round came to: transactions a second, and what each cost."""

    per_second: float
    cpu_us: float


def compare(*, writers: int, seconds: int, rounds: int) -> None:
    """Print rates, processor time and ratios."""
    _rows_make(writers)
    measured: dict[str, list[Round]] = {"none": [], "log": []}
    for _ in range(rounds):
        for how, runs in measured.items():
            runs.append(_round(how, writers, seconds))
    rate = {how: median(run.per_second for run in runs) for how, runs in measured.items()}
    cost = {how: median(run.cpu_us for run in runs) for how, runs in measured.items()}
    print(f"\nTransactions of {writers} writers on PostgreSQL:")
    for how, name in (("none", "without a log"), ("log", "recording an event")):
        print(
            f"  {name:20} {rate[how]:>8,.0f}/s  CPU {cost[how]:7,.0f} us"
            f"  ratio {rate[how] / rate['none']:.2f} (by CPU {cost['none'] / cost[how]:.2f}; target {TARGET})"
        )
    _sequenced_print()


def _rows_make(writers: int) -> None:
    from updates.models import App  # noqa: PLC0415 (settings first)

    App.objects.bulk_create([
        App(pk=f"com.example.app{n}", name=str(n), platforms=["ios"]) for n in range(writers)
    ])


def _round(how: str, writers: int, seconds: int) -> Round:
    """Run all writers for so long."""
    each = writers // PROCESSES
    command = [sys.executable, "-m", "bench.recording", how, str(seconds)]
    before = _server_seconds()
    processes = [
        subprocess.Popen([*command, str(each * n), str(each * (n + 1))], stdout=subprocess.PIPE)
        for n in range(PROCESSES)
    ]
    outputs = [process.communicate()[0].split() for process in processes]
    if any(process.returncode for process in processes):
        raise RuntimeError("A writer has died.")
    done, own, warm = (sum(float(output[part]) for output in outputs) for part in range(3))
    spent = own + _server_seconds() - before
    return Round(per_second=done / seconds, cpu_us=spent / warm * 1e6)


def _server_seconds() -> float:
    """Processor time of all of PostgreSQL's processes that have ended, which those of a round have."""
    from django.db import connection  # noqa: PLC0415 (settings first)

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    parent = psutil.Process(backend).parent()
    if parent is None:
        raise RuntimeError("PostgreSQL is gone.")
    times = parent.cpu_times()
    return float(times.children_user + times.children_system)


def _sequenced_print() -> None:
    from compliance.ledger.services.sequencing import events_sequence  # noqa: PLC0415 (settings first)

    began = time.perf_counter()
    count = events_sequence()
    if count:
        rate = count / (time.perf_counter() - began)
        print(f"  sequencing what was left: {count:,} events, {rate:,.0f}/s")


def _write(how: str, seconds: float, first: int, end: int) -> None:
    """Be one of the processes: print transactions in time, processor time, and all transactions."""
    import django  # noqa: PLC0415 (only the writers' processes set it up here)

    django.setup()
    with ThreadPoolExecutor(end - first) as threads:
        until = time.perf_counter() + seconds + 1  # the first second connects and warms up
        apps = [f"com.example.app{n}" for n in range(first, end)]
        began = time.process_time()
        counts = list(threads.map(lambda app_id: _writer(how, app_id, until, seconds), apps))
    print(sum(count for count, _ in counts), time.process_time() - began, sum(all_ for _, all_ in counts))


def _writer(how: str, app_id: str, until: float, seconds: float) -> tuple[int, int]:
    from django.db import connection  # noqa: PLC0415 (settings first)

    from compliance.ledger.domain.events import Actor, ActorKind  # noqa: PLC0415 (settings first)
    from releaseconsole.kernel import randomness  # noqa: PLC0415 (settings first)
    from updates.models import App  # noqa: PLC0415 (settings first)
    from updates.services import native_builds  # noqa: PLC0415 (settings first)

    if how == "none":
        native_builds._record = lambda *_: None  # noqa: SLF001 (what is compared)
    app, actor = App.objects.get(pk=app_id), Actor(ActorKind.PERSON, "7")
    draw, number, counted = randomness.token_id(), 0, 0
    while (now := time.perf_counter()) < until:
        number += 1
        native_builds.native_build_register(
            app=app, platform="ios", version=f"1.{number}.0", build_number=draw, plugins={}, actor=actor
        )
        time.sleep(WORK_SECONDS)
        counted += now >= until - seconds
    connection.close()
    return counted, number


if __name__ == "__main__":
    _write(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
