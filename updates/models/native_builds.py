"""Native builds that are, or were, in a store."""

from django.db import models

from updates.domain.platforms import Platform
from updates.models.apps import App


class NativeBuild(models.Model):
    """A build of an app with the native plugins in it, by which bundles are matched."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="native_builds")
    platform = models.CharField(max_length=16, choices=[(p.value, p.value) for p in Platform])
    version = models.CharField(max_length=32, help_text="Native version, as devices report it.")
    build_number = models.CharField(max_length=32, blank=True)
    plugins = models.JSONField(default=dict, help_text="As `{name: version}`.")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the canonical JSON of its plugins.")
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=80, help_text="The actor, as the audit log names it.")

    class Meta:
        ordering = ["app_id", "platform", "-registered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["app", "platform", "version", "build_number"], name="updates_native_build_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.app_id} {self.platform} {self.version}"
