"""Transactions that record an event against the same without the log, from as many writers at once.

The writers are threads of two processes, as the console's own are. Each transaction locks a row of its own and
changes it, and takes five milliseconds for what else a request does between: storing a file, asking a key's
backend. Rounds with and without take turns.
"""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

TARGET = 0.8
PROCESSES = 2
WORK_SECONDS = 0.005


def compare(*, writers: int, seconds: int, rounds: int) -> None:
    """Print rates and their ratio."""
    _rows_make(writers)
    rates: dict[str, list[float]] = {"none": [], "log": []}
    for _ in range(rounds):
        for how, measured in rates.items():
            measured.append(_round(how, writers, seconds))
    without, recording = median(rates["none"]), median(rates["log"])
    print(f"\nTransactions of {writers} writers on PostgreSQL:")
    print(f"  without a log      {without:>8,.0f}/s")
    print(f"  recording an event {recording:>8,.0f}/s  ratio {recording / without:.2f} (target {TARGET})")
    _sequenced_print()


def _rows_make(writers: int) -> None:
    from updates.models import App  # noqa: PLC0415 (settings first)

    App.objects.bulk_create([App(pk=f"com.example.app{n}", name=str(n)) for n in range(writers)])


def _round(how: str, writers: int, seconds: int) -> float:
    """Run all writers for so long, and return how many transactions a second they came to."""
    each = writers // PROCESSES
    command = [sys.executable, "-m", "bench.recording", how, str(seconds)]
    processes = [
        subprocess.Popen([*command, str(each * n), str(each * (n + 1))], stdout=subprocess.PIPE)
        for n in range(PROCESSES)
    ]
    outputs = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        raise RuntimeError("A writer has died.")
    return sum(float(output) for output in outputs)


def _sequenced_print() -> None:
    from compliance.ledger.services.sequencing import events_sequence  # noqa: PLC0415 (settings first)

    began = time.perf_counter()
    count = events_sequence()
    if count:
        rate = count / (time.perf_counter() - began)
        print(f"  sequencing what was left: {count:,} events, {rate:,.0f}/s")


def _write(how: str, seconds: float, first: int, end: int) -> None:
    """Be one of the processes: print the transactions a second of its threads."""
    import django  # noqa: PLC0415 (only the writers' processes set it up here)

    django.setup()
    with ThreadPoolExecutor(end - first) as threads:
        until = time.perf_counter() + seconds + 1  # the first second connects and warms up
        counts = threads.map(lambda n: _writer(how, f"com.example.app{n}", until, seconds), range(first, end))
        print(sum(counts) / seconds)


def _writer(how: str, app_id: str, until: float, seconds: float) -> int:
    from django.db import connection, transaction  # noqa: PLC0415 (settings first)

    from compliance.ledger.domain.events import Action, Actor, ActorKind  # noqa: PLC0415 (settings first)
    from compliance.ledger.services import audit_record  # noqa: PLC0415 (settings first)
    from releaseconsole.kernel import clock  # noqa: PLC0415 (settings first)
    from updates.models import App  # noqa: PLC0415 (settings first)

    actor, count = Actor(ActorKind.PERSON, "7"), 0
    while (now := time.perf_counter()) < until:
        with transaction.atomic():
            app = App.objects.select_for_update().get(pk=app_id)
            app.name = str(count)
            app.save(update_fields=["name"])
            time.sleep(WORK_SECONDS)
            if how == "log":
                audit_record(
                    action=Action.APP_CHANGED,
                    actor=actor,
                    now=clock.now(),
                    app_id=app_id,
                    subject=("app", app_id),
                    detail={"changed": ["name"], "version": "1.4.2", "note": "as agreed"},
                )
        count += now >= until - seconds
    connection.close()
    return count


if __name__ == "__main__":
    _write(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
