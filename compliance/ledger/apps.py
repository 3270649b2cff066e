"""The ledger's place in Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Ground floor: everybody records into it, it knows nobody."""

    name = "compliance.ledger"
    label = "ledger"
    verbose_name = "Audit log"

    def ready(self) -> None:
        """Offer the start page its newest events."""
        from compliance.ledger.services.personal_data import (  # noqa: PLC0415 (models load first)
            ledger_holders_register,
        )
        from compliance.ledger.views import recent_activity  # noqa: PLC0415 (models load first)
        from releaseconsole.admin_base import start_page_register  # noqa: PLC0415 (models load first)

        start_page_register(recent_activity)
        ledger_holders_register()
