"""The policy of this console."""

from django.db import models

from accounts.domain.operations import LONGEST_NAME
from accounts.domain.presets import Preset


class ConsolePolicy(models.Model):
    """The console's policy: exactly one row."""

    singleton = models.BooleanField(primary_key=True, default=True)
    preset = models.CharField(max_length=16, choices=[(p.value, p.value) for p in Preset])
    chosen_at = models.DateTimeField()
    custodian_security_key = models.BooleanField(default=False, db_default=False)
    bootstrap_ended_at = models.DateTimeField(
        null=True, help_text="When there were two custodians; from then on it takes two to appoint one."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(singleton=True), name="accounts_policy_once")
        ]
        verbose_name_plural = "console policy"

    def __str__(self) -> str:
        return f"preset {self.preset}"


class TwoPersonRule(models.Model):
    """One operation that needs a second person."""

    operation = models.CharField(max_length=LONGEST_NAME, primary_key=True)
    made_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["operation"]

    def __str__(self) -> str:
        return self.operation
