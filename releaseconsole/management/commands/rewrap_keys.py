"""`manage.py rewrap_keys`: bring all that rests sealed under the current KEK (docs/key-backends.md)."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from releaseconsole.kernel import sealing
from releaseconsole.kernel.sealed_holders import sealed_holders
from releaseconsole.kernel.sealing import SealingError


class Command(BaseCommand):
    help = "Seal keys and seeds anew under the current KEK; may be repeated, and killed at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="Only say what is under an earlier KEK; exit code 1 if anything is.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            failed = 0 if options["check"] else self._rewrap()
            self._judge(sealing.kek_current().kek_id, failed)
        except SealingError as exc:
            raise CommandError(exc.message) from exc

    def _rewrap(self) -> int:
        failed = 0
        for holder in sealed_holders():
            done = holder.rewrap()
            self.stdout.write(f"{holder.name}: {done.renewed} sealed anew")
            for reason in done.failed:
                self.stderr.write(f"{holder.name}: {reason}")
            failed += len(done.failed)
        return failed

    def _judge(self, current: str, failed: int) -> None:
        behind = 0
        for holder in sealed_holders():
            census = holder.census()
            self.stdout.write(f"{holder.name}: {_counted(census, current)}")
            behind += sum(count for kek_id, count in census.items() if kek_id != current)
        if behind or failed:
            raise SystemExit(1)
        self.stdout.write(f"Everything is under KEK {current}. Earlier KEKs can be taken offline.")


def _counted(census: Mapping[str, int], current: str) -> str:
    earlier = [f"{count} under {kek_id}" for kek_id, count in sorted(census.items()) if kek_id != current]
    return ", ".join([f"{census.get(current, 0)} under the current KEK", *earlier])
