"""The accounts floor's place in Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, roles, authenticators, API tokens."""

    name = "accounts"
