"""Signed checks of the whole console against the floor: one run of each in turn, and the medians compared."""

from statistics import median

from bench import wrk
from bench.servers import CONSOLE, FLOOR, served
from bench.wrk import CAPGO, V1, Load

TARGET = 0.8


def compare(
    environment: dict[str, str], *, rounds: int, seconds: int, connections: int, threads: int
) -> None:
    """Print rates, processor time and ratios."""
    measured: dict[str, list[Load]] = {"floor": [], V1: [], CAPGO: []}
    for _ in range(rounds):
        for name, runs in measured.items():
            with served(FLOOR if name == "floor" else CONSOLE, environment, threads=threads) as server:
                path = V1 if name == "floor" else name
                wrk.load(server, path, connections=connections, seconds=1)  # warm up
                runs.append(wrk.load(server, path, connections=connections, seconds=seconds))
    print(f"\nSigned checks, {connections} connections, {threads} threads in each of 2 processes:")
    for name, runs in measured.items():
        _print(name, runs, measured["floor"])


def _print(name: str, runs: list[Load], floor: list[Load]) -> None:
    ratio = median(run.per_second for run in runs) / median(run.per_second for run in floor)
    cost = median(run.cpu_us for run in floor) / median(run.cpu_us for run in runs)
    errors = sum(run.errors for run in runs)
    print(
        f"  {name:24} {median(run.per_second for run in runs):>8,.0f}/s"
        f"  p99 {median(run.p99_ms for run in runs):6.1f} ms"
        f"  CPU {median(run.cpu_us for run in runs):5.1f} us"
        f"  ratio {ratio:.2f} (by CPU {cost:.2f}; target {TARGET})" + (f"  {errors} ERRORS" if errors else "")
    )
