"""The desk's place in Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Top floor: what a compliance officer works with. It reads from everybody, nobody knows it."""

    name = "compliance.desk"
    label = "desk"
    verbose_name = "Compliance"

    def ready(self) -> None:
        """Tell the ledger who its officers are and which apps handle PHI; offer the start page its card."""
        import compliance.desk.checks  # noqa: F401, PLC0415 (registers them)
        from compliance.desk.services.officers import officers_write  # noqa: PLC0415 (models load first)
        from compliance.ledger.backends.officers import (  # noqa: PLC0415 (models load first)
            officers_post_register,
        )
        from compliance.ledger.backends.phi_apps import phi_apps_register  # noqa: PLC0415 (models load first)
        from signing.selectors.profiles import phi_app_terms  # noqa: PLC0415 (models load first)

        officers_post_register(officers_write)
        phi_apps_register(phi_app_terms)
        from compliance.desk.views.verification import log_card  # noqa: PLC0415 (models load first)
        from releaseconsole.admin_base import start_page_register  # noqa: PLC0415 (models load first)

        start_page_register(log_card)
