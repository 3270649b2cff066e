"""How verifications went. They prove nothing, so unlike the log itself they may be written over."""

from django.db import models

from compliance.ledger.domain.verification import Verdict


class AuditVerification(models.Model):
    """One verification: asked for, then running, then over with a verdict."""

    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    since = models.BigIntegerField(default=0, help_text="Entries that were trusted and not looked at.")
    size = models.BigIntegerField(default=0, help_text="Entries in the log when it began.")
    done = models.BigIntegerField(default=0, help_text="How far it has come.")
    verdict = models.CharField(
        max_length=16, blank=True, choices=[(each.value, each.value) for each in Verdict]
    )
    checkpoint_size = models.BigIntegerField(null=True, help_text="Of the newest checkpoint that holds.")
    first_bad = models.BigIntegerField(null=True)
    total = models.PositiveBigIntegerField(default=0, help_text="Findings, of which some are kept.")
    findings = models.JSONField(default=list)
    unchecked = models.JSONField(default=list)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, verdict="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(verdict="")),
                name="ledger_verification_ends_with_verdict",
            )
        ]

    def __str__(self) -> str:
        return f"verification {self.pk}"

    @property
    def entries(self) -> int:
        """How many entries were looked at."""
        return max(self.size - self.since, 0)

    @property
    def share(self) -> int:
        """How far it has come, in percent."""
        return 100 * (self.done - self.since) // self.entries if self.entries else 0
