"""The ledger's place in Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Ground floor: everybody records into it, it knows nobody."""

    name = "compliance.ledger"
    label = "ledger"
    verbose_name = "Audit log"
