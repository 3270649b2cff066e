"""The policy of this console."""

from django.db import models

from accounts.domain.presets import Preset


class ConsolePolicy(models.Model):
    """The console's policy: exactly one row."""

    singleton = models.BooleanField(primary_key=True, default=True)
    preset = models.CharField(max_length=16, choices=[(p.value, p.value) for p in Preset])
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(singleton=True), name="accounts_policy_once")
        ]
        verbose_name_plural = "console policy"

    def __str__(self) -> str:
        return f"preset {self.preset}"
