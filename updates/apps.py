"""The updates floor's place in Django."""

from django.apps import AppConfig


class UpdatesConfig(AppConfig):
    """Apps, bundles, channels, releases, devices."""

    name = "updates"

    def ready(self) -> None:
        """Offer the start page what rolls out, and grants their places; declare what can be asked for."""
        from accounts.selectors.places import places_register  # noqa: PLC0415 (models load first)
        from releaseconsole.admin_base import start_page_register  # noqa: PLC0415 (models load first)
        from updates.selectors.apps import app_places  # noqa: PLC0415 (models load first)
        from updates.services.approval_kinds import (  # noqa: PLC0415 (models load first)
            updates_approval_kinds_register,
        )
        from updates.views.start_page import apps_and_rollouts  # noqa: PLC0415 (models load first)

        start_page_register(apps_and_rollouts)
        places_register(app_places)
        updates_approval_kinds_register()
