"""`manage.py recover_administrator`: let the last administrator in anew, from the console's host.

For the day on which no two administrators are left who could do it on the pages (docs/recovery.md). Who has a
shell here could change the database too; this way it's on the audit log and in everybody's mail.
"""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import AccountsError
from accounts.services.recovery import host_recoverable_require, person_recover_at_host


class Command(BaseCommand):
    help = "Let an administrator in anew who has lost everything, where no two others are left to do it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="The administrator's e-mail address.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = host_recoverable_require(email=options["email"])
            self.stdout.write(
                f"{person.name} loses password, authenticators, recovery codes and sessions,\n"
                "and gets a link to choose new ones. This goes on the audit log, with your name,\n"
                "and by mail to everybody in charge."
            )
            if input("To go on, type the e-mail address again: ").strip() != person.email:
                raise CommandError("That isn't the address. Nothing was changed.")
            link = person_recover_at_host(email=person.email, os_user=getpass.getuser())
        except AccountsError as exc:
            raise CommandError(f"{exc.message} [{exc.code}]") from exc
        except EOFError as exc:
            raise CommandError("Nobody confirmed it. Nothing was changed.") from exc
        self.stdout.write(f"Hand this to {person.name}, and to nobody else. It works once:\n{link}")
