"""How long the audit log takes: to verify a long one, and to record beside what is recorded.

Run as `python -m bench.audit_log --database postgresql --entries 1000000`. Both parts make a scratch database
of their own. A long log is written by the database's bulk loading, with the same bytes as the console's.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import django

from releaseconsole.kernel.encoding import b64url_encode
from tests.support.servers import postgresql_start


def _at_end(ending: ExitStack, call: Callable[[], None]) -> None:
    ending.callback(call)


@contextmanager
def scratch(database: str) -> Iterator[None]:
    """Set Django up on an empty database with every table."""
    with ExitStack() as ending:
        place = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="rc-log-")))
        url = f"sqlite:///{place / 'console.sqlite3'}"
        if database == "postgresql":
            url = postgresql_start(place / "postgresql", partial(_at_end, ending))
        os.environ |= {
            "CONSOLE_VAR_DIR": str(place / "var"),
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "releaseconsole.settings",
            "KEK": b64url_encode(b"a KEK that exists in bench only!"),
            "SECRET_KEY": "a secret that exists in bench only " * 2,
        }
        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 (settings first)

        call_command("migrate", verbosity=0)
        yield


def verification(entries: int) -> None:
    """Print how long a verification of so many entries takes."""
    from bench.long_log import log_write  # noqa: PLC0415 (settings first)
    from compliance.ledger.services.verification import log_verify  # noqa: PLC0415 (settings first)
    from releaseconsole.kernel import clock  # noqa: PLC0415 (settings first)

    log_write(entries)
    began, cpu = time.perf_counter(), time.process_time()
    report = log_verify(now=clock.now())
    seconds, own = time.perf_counter() - began, time.process_time() - cpu
    for finding in report.findings[:5]:
        print(f"  {finding.said}")
    print(f"  {report.verdict.value}: {report.entries:,} entries in {seconds:.1f} s ({own:.1f} s of its own)")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    arguments.add_argument("--entries", type=int, default=1_000_000)
    arguments.add_argument("--writers", type=int, default=32)
    arguments.add_argument("--seconds", type=int, default=5)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--only", choices=("verification", "recording"))
    chosen = arguments.parse_args()
    with scratch(chosen.database):
        if chosen.only != "verification" and chosen.database == "postgresql":
            from bench.recording import compare  # noqa: PLC0415 (settings first)

            compare(writers=chosen.writers, seconds=chosen.seconds, rounds=chosen.rounds)
        if chosen.only != "recording":
            print(f"\nVerifying a log on {chosen.database}:")
            verification(chosen.entries)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
