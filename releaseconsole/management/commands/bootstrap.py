"""`manage.py bootstrap`: make everything the console needs before it runs."""

from typing import Any

from django.core.management.base import BaseCommand

from releaseconsole.bootstrap import bootstrap


class Command(BaseCommand):
    help = "Create var/, its secrets, the schema and static files; leaves alone what is there."
    requires_system_checks = []  # they need the secrets that this command makes

    def handle(self, *args: Any, **options: Any) -> None:
        bootstrap(say=self.stdout.write)
