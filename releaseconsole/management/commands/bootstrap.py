"""`manage.py bootstrap`: make everything the console needs before it runs."""

from typing import Any

from django.core.management.base import BaseCommand

from releaseconsole.bootstrap import bootstrap, setup_url_issue


class Command(BaseCommand):
    help = "Create var/, its secrets, the schema and static files, and a set-up link while nobody is set up."
    requires_system_checks = []  # they need the secrets that this command makes

    def handle(self, *args: Any, **options: Any) -> None:
        bootstrap(say=self.stdout.write)
        if url := setup_url_issue():
            self.stdout.write(f"Nobody has been set up. The first administrator starts here, once: {url}")
