"""The signing floor's place in Django."""

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Keys and their life, tokens, JWKS."""

    name = "signing"
