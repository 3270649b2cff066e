"""`manage.py privacy_replay`: after every restore, before the console is opened to anybody."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.desk.models.erasures import ErasureState
from compliance.desk.services.erasure import erasures_replay
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.supervisor.redis_meanwhile import redis_meanwhile


class Command(BaseCommand):
    """Erase again who was erased before a restore."""

    help = "After a restore: erase again everybody on the suppression list (docs/erasure.md)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do it, and say what came of it.

        Raises:
            CommandError: The list can't be read, or an erasure didn't come to its end.
        """
        try:
            with redis_meanwhile():
                done = erasures_replay(actor=SYSTEM, now=clock.now())
        except ConsoleError as exc:
            raise CommandError(exc.message) from exc
        self.stdout.write(f"{done.learned} entries of the list were new to this database.")
        for run in done.runs:
            self.stdout.write(f"{run.request}: {run.state} {run.error}".rstrip())
        self.stdout.write(f"{len(done.runs)} people were erased again.")
        if any(run.state != ErasureState.DONE for run in done.runs):
            raise CommandError(
                "Not every erasure came to its end; look at the audit log, and run this again."
            )
