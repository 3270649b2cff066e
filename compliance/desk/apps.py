"""The desk's place in Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Top floor: what a compliance officer works with. It reads from everybody, nobody knows it."""

    name = "compliance.desk"
    label = "desk"
    verbose_name = "Compliance"

    def ready(self) -> None:
        """Tell the ledger what it can't know: who its officers are, and which apps handle PHI."""
        from compliance.desk.services.officers import officers_write  # noqa: PLC0415 (models load first)
        from compliance.ledger.backends.officers import (  # noqa: PLC0415 (models load first)
            officers_post_register,
        )
        from compliance.ledger.backends.phi_apps import phi_apps_register  # noqa: PLC0415 (models load first)
        from signing.selectors.profiles import phi_app_ids  # noqa: PLC0415 (models load first)

        officers_post_register(officers_write)
        phi_apps_register(phi_app_ids)
