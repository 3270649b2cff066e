"""The desk's place in Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Top floor: what a compliance officer works with. It reads from everybody, nobody knows it."""

    name = "compliance.desk"
    label = "desk"
    verbose_name = "Compliance"

    def ready(self) -> None:
        """Offer the start page how the log stands."""
        from compliance.desk.views.verification import log_card  # noqa: PLC0415 (models load first)
        from releaseconsole.admin_base import start_page_register  # noqa: PLC0415 (models load first)

        start_page_register(log_card)
