"""`manage.py kek_create`: make the KEK that the settings name, where it doesn't exist yet."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from releaseconsole.kernel.sealing import SealingError
from signing.services.kek import kek_make


class Command(BaseCommand):
    help = "Make the KEK that KEK_PROVIDER names (a file, or a key inside the HSM); never replaces one."
    requires_system_checks = []  # they miss the KEK that this makes

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(f"Made, or found: KEK {kek_make()}.")
        except SealingError as exc:
            raise CommandError(exc.message) from exc
