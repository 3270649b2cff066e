"""The signing floor's place in Django."""

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Keys and their life, tokens, JWKS."""

    name = "signing"

    def ready(self) -> None:
        """Offer the start page what keys have to say."""
        from releaseconsole.admin_base import start_page_register  # noqa: PLC0415 (models load first)
        from signing.views.start_page import keys_card  # noqa: PLC0415 (models load first)

        start_page_register(keys_card)
