"""The signing floor's place in Django."""

from django.apps import AppConfig

from releaseconsole.kernel.sealed_holders import sealed_holder_register


class SigningConfig(AppConfig):
    """Keys and their life, tokens, JWKS."""

    name = "signing"

    def ready(self) -> None:
        """Declare what of its own is sealed."""
        from signing.services.rewrap import sealed_signing_keys  # noqa: PLC0415 (models load first)

        keys = sealed_signing_keys()
        sealed_holder_register(keys.name, keys.rewrap, census=keys.census)
