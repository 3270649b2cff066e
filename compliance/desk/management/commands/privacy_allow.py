"""`manage.py privacy_allow`: let somebody who was erased be invited again, knowingly."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.desk.services.erasure import suppression_lift
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock


class Command(BaseCommand):
    """Take an address off the suppression list."""

    help = "Let an address whose owner was erased be invited again; they have to have asked for it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address."""
        parser.add_argument("email")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it.

        Raises:
            CommandError: Nobody with this address was erased.
        """
        if not suppression_lift(email=options["email"], actor=SYSTEM, now=clock.now()):
            raise CommandError("Nobody with this address was erased.")
        self.stdout.write("The address may be invited again.")
