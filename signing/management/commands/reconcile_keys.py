"""`manage.py reconcile_keys`: what the scheduler has done every minute, at once and with its result."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from releaseconsole.kernel import clock
from signing.services.keys import keys_reconcile


class Command(BaseCommand):
    help = "Make, publish, activate, retire and destroy keys as far as they are due. Safe to run at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        result = keys_reconcile(now=clock.now())
        for owner, failure in result.failures.items():
            self.stderr.write(f"{owner}: {failure}")
        if result.failures:
            raise CommandError("Not everything could be done; it's tried again every minute.")
        self.stdout.write("Nothing more is due." if result.turns else "Nothing was due.")
