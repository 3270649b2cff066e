"""The desk's place in Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Top floor: what a compliance officer works with. It reads from everybody, nobody knows it."""

    name = "compliance.desk"
    label = "desk"
    verbose_name = "Compliance"
