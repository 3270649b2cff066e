"""`manage.py privacy_replay`: after every restore, before the console is opened to anybody."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.desk.errors import SuppressionListShorterError
from compliance.desk.models.erasures import ErasureState
from compliance.desk.services.erasure import erasures_replay
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.supervisor.redis_meanwhile import redis_meanwhile


class Command(BaseCommand):
    """Erase again who was erased before a restore."""

    help = "After a restore: erase again everybody on the suppression list (docs/erasure.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the operator's word that nothing is missing."""
        parser.add_argument(
            "--accept-shorter-list",
            action="store_true",
            help="Take the list as it is, though it's empty or lacks what this database knows. On record.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, and say what came of it.

        Raises:
            CommandError: The list can't be read, or an erasure didn't come to its end.
        """
        try:
            with redis_meanwhile():
                done = erasures_replay(
                    actor=SYSTEM, now=clock.now(), accepts_shorter=options["accept_shorter_list"]
                )
        except SuppressionListShorterError as exc:
            raise CommandError(f"{exc.message} If there is none, say --accept-shorter-list.") from exc
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
