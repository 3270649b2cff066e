"""The updates floor's place in Django."""

from django.apps import AppConfig


class UpdatesConfig(AppConfig):
    """Apps, bundles, channels, releases, devices."""

    name = "updates"

    def ready(self) -> None:
        """Offer the start page the apps and what is rolling out."""
        from releaseconsole.admin_base import start_page_register  # noqa: PLC0415 (models load first)
        from updates.views.start_page import apps_and_rollouts  # noqa: PLC0415 (models load first)

        start_page_register(apps_and_rollouts)
