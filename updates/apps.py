"""The updates floor's place in Django."""

from django.apps import AppConfig


class UpdatesConfig(AppConfig):
    """Apps, bundles, channels, releases, devices."""

    name = "updates"
