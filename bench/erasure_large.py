"""One person erased from a large console at work, by a search of all its bytes; then from a restored backup.

`make erasure-large` runs it on SQLite and on PostgreSQL, each with a console of its own. `DEVICES` says how
many devices there are beside hers, `CROWDS` how many times 25 of them talk meanwhile.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.support.console import console_started
from tests.support.erasure_proof import Proof
from tests.support.operator import Operator
from tests.support.servers import postgresql_start

DEVICES: Final = int(os.environ.get("DEVICES", "50000"))
CROWDS: Final = int(os.environ.get("CROWDS", "4"))


def prove(database: str, devices: int = DEVICES, crowds: int = CROWDS) -> None:
    """Start a console, and prove it there."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="rc-erase-")))
        settings: dict[str, str] = {}
        if database == "postgresql":
            ends: list[Callable[[], None]] = []
            settings["DATABASE_URL"] = postgresql_start(folder / "postgresql", ends.append)
            for end in ends:
                opened.callback(end)
        console = opened.enter_context(console_started(**settings))
        officer = opened.enter_context(Operator(console.base_url))
        proof = Proof(console, officer, folder, say=lambda words: print(f"{database}: {words}", flush=True))
        opened.enter_context(proof).run(devices=devices, crowds=crowds)


def main() -> None:
    """Prove it on each database."""
    for database in sys.argv[1:] or ["sqlite", "postgresql"]:
        prove(database)
    print("Nothing of hers is anywhere, all proofs verify, updates arrive; restored and replayed as well.")


if __name__ == "__main__":
    main()
