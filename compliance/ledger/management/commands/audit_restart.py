"""`manage.py audit_restart`: begin the audit log anew after a restore, from the console's host.

For the day on which the database is older than what was signed of it (docs/audit-log-witness.md). It asks for
confirmation, and refuses where the witness has nothing against the log.
"""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.ledger.errors import LedgerError
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.restarting import Restart, log_restart, restart_propose
from releaseconsole.kernel import clock

REFUSED, CANCELLED = 1, 5


class Command(BaseCommand):
    help = "Begin the audit log anew, where the database is older than what was signed of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="Why; it stands on the audit log.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            restart = restart_propose(now=clock.now())
            self._tell(restart)
            wanted = f"restart at {restart.found.size}"
            if input(f"To go on, type: {wanted}\n").strip() != wanted:
                raise CommandError("That isn't it. Nothing was changed.", returncode=CANCELLED)
            log_restart(restart, reason=options["reason"], os_user=getpass.getuser(), now=clock.now())
            checkpoint_take(now=clock.now())
        except LedgerError as exc:
            raise CommandError(f"{exc.message} [{exc.code}]", returncode=REFUSED) from exc
        except EOFError as exc:
            raise CommandError("Nobody confirmed it. Nothing was changed.", returncode=CANCELLED) from exc
        self.stdout.write(
            f"The log goes on as {restart.found.origin}. Tell everybody who holds an export of it."
        )

    def _tell(self, restart: Restart) -> None:
        self.stdout.write(f"The witness refuses the log: {restart.why}\n")
        for signed in restart.signed:
            self.stdout.write(
                f"Signed before: {signed.size} entries, root {signed.root.hex()} ({signed.origin})"
            )
        if not restart.signed:
            self.stdout.write("What was signed before isn't known here.")
        self.stdout.write(
            f"There now: {restart.found.size} entries, root {restart.found.root.hex()}\n"
            "If the database was restored by mistake, restore the right one instead. Once the log is begun\n"
            "anew, what is missing stays missing, exports from before can't be continued; the log says so.\n"
        )
