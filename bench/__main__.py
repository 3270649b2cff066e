"""`make bench`: measures everything in one run and prints ratios."""

import argparse
import subprocess
import sys

from bench import checks, servers, signing, slow_clients, wrk


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3, help="runs of each, of which the median counts")
    arguments.add_argument("--seconds", type=int, default=5, help="length of a run")
    arguments.add_argument("--connections", type=int, default=64)
    arguments.add_argument("--threads", type=int, nargs="+", default=[16], help="threads of each web process")
    arguments.add_argument("--skip-slow", action="store_true", help="leave the slow clients out")
    chosen = arguments.parse_args()
    print("Tokens, in one process:")
    signing.main()
    # A process of its own: it runs on a PostgreSQL that it starts.
    subprocess.run([sys.executable, "-m", "bench.audit_log", "--entries", "100000"], check=True)
    if not wrk.is_there():
        print(f"\n{wrk.MISSING}")
        return
    with servers.seeded_environment() as environment:
        for threads in chosen.threads:
            checks.compare(
                environment,
                rounds=chosen.rounds,
                seconds=chosen.seconds,
                connections=chosen.connections,
                threads=threads,
            )
            if not chosen.skip_slow:
                slow_clients.measure(environment, threads=threads, seconds=chosen.seconds)


if __name__ == "__main__":
    main()
