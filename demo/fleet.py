"""A simulated fleet: `python -m demo.fleet --size 200 --duration 60 --app com.example.clinic`.

It talks to the running console over HTTP as real plugins do, wakes at most about fifty phones a second
whatever its size, and ends by itself. The same phones come back in every run.
"""

import argparse
import heapq
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from demo.connection import Connection
from demo.phone import Phone, RefusedError
from demo.record import DemoError, record_read
from demo.story import APPS

WORKERS: Final = 8
WAKES_PER_SECOND: Final = 50
# A phone is looked at about this often while one watches; real ones sleep longer.
SECONDS_BETWEEN_WAKES: Final = 12
# All phones have woken once after this share of the time, so that adoption climbs before one's eyes.
FIRST_WAKES: Final = 0.4
# One phone in this many asks for the staging channel.
STAGING_EVERY: Final = 20
SECONDS_BETWEEN_LINES: Final = 5


def phones_of(app_id: str, size: int) -> list[Phone]:
    """Make the phones of an app."""
    app = APPS[app_id]
    return [
        Phone(
            app_id=app_id,
            number=number,
            native_version=app.native_version,
            channel="" if (number + 1) % STAGING_EVERY else "staging",
            failures=dict(app.failures),
        )
        for number in range(size)
    ]


class Fleet:
    """Phones, and the workers that carry them."""

    def __init__(self, base_url: str, phones: Sequence[Phone]) -> None:
        self._base_url = base_url
        self._phones = phones
        self._stop = threading.Event()
        self.tally: Counter[str] = Counter()

    def visit(self) -> None:
        """Wake every phone once, as fast as the workers can."""
        self._work(0.0, 0.0)

    def live(self, seconds: float) -> None:
        """Wake phones again and again for `seconds`, and say now and then how it goes."""
        watcher = threading.Thread(target=self._tell, args=(time.monotonic(),), daemon=True)
        watcher.start()
        self._work(seconds, seconds * FIRST_WAKES)
        self.stop()
        watcher.join()

    def stop(self) -> None:
        """End soon."""
        self._stop.set()

    def summary(self) -> str:
        """Say what has happened so far."""
        counts = ", ".join(f"{self.tally[name]} {name}" for name in ("checks", "installs", "failures"))
        return counts + (f", {self.tally['errors']} errors" if self.tally["errors"] else "")

    def _work(self, seconds: float, spread: float) -> None:
        with ThreadPoolExecutor(WORKERS) as pool:
            shares = [self._phones[worker::WORKERS] for worker in range(WORKERS)]
            jobs = [pool.submit(self._carry, share, seconds, spread) for share in shares if share]
            try:
                for job in jobs:
                    job.result()
            except BaseException:
                self.stop()
                raise

    def _carry(self, phones: Sequence[Phone], seconds: float, spread: float) -> None:
        chance = random.Random(phones[0].device_id)
        started = time.monotonic()
        pause = max(SECONDS_BETWEEN_WAKES, len(self._phones) / WAKES_PER_SECOND)
        due = [(started + chance.uniform(0, spread), number) for number in range(len(phones))]
        heapq.heapify(due)
        with Connection(self._base_url) as connection:
            while due and not self._stop.is_set():
                when, number = heapq.heappop(due)
                if seconds and when > started + seconds:
                    return
                self._stop.wait(max(0.0, when - time.monotonic()))
                self._wake(phones[number], connection)
                if seconds:
                    heapq.heappush(due, (time.monotonic() + chance.uniform(0.5, 1.5) * pause, number))

    def _wake(self, phone: Phone, connection: Connection) -> None:
        try:
            phone.wake(connection, self.tally)
        except (RefusedError, OSError) as error:
            if not self.tally["errors"]:
                print(f"A phone got an unexpected answer: {error}", file=sys.stderr)
            self.tally["errors"] += 1

    def _tell(self, started: float) -> None:
        while not self._stop.wait(SECONDS_BETWEEN_LINES):
            print(f"  {time.monotonic() - started:3.0f} s: {self.summary()}", flush=True)


def main() -> int:
    """Run a fleet against the console that `python -m demo.fill` has filled."""
    parser = argparse.ArgumentParser(prog="python -m demo.fleet", description=__doc__)
    parser.add_argument("--size", type=int, default=200, help="how many phones")
    parser.add_argument("--duration", type=float, default=60.0, help="for how many seconds")
    parser.add_argument("--app", choices=sorted(APPS), default="com.example.clinic")
    options = parser.parse_args()
    try:
        record = record_read()
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1
    fleet = Fleet(record.base_url, phones_of(options.app, options.size))
    try:
        fleet.live(options.duration)
    except KeyboardInterrupt:
        print("The fleet goes to sleep.")
    print(fleet.summary())
    return 1 if fleet.tally["errors"] else 0


if __name__ == "__main__":
    sys.exit(main())
