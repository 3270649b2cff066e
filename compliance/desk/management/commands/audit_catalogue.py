"""`manage.py audit_catalogue`: write docs/audit-events.md, as the code has it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from compliance.desk.domain.catalogue import catalogue_document


class Command(BaseCommand):
    """Writes the catalogue of events."""

    help = "Write docs/audit-events.md."

    def handle(self, *_: Any, **__: Any) -> None:
        """Write it, and say where."""
        page = settings.BASE_DIR / "docs" / "audit-events.md"
        page.write_text(catalogue_document())
        self.stdout.write(f"Wrote {page}.")
