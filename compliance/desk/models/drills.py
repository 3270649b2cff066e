"""Drills and restores: what was tried or really put back, how long it took, and whether it worked."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from compliance.ledger.models import AuditCheckpoint


class DrillKind(models.TextChoices):
    """What was tried."""

    RESTORE_DRILL = "restore_drill", "restore, as a drill"
    RESTORE = "restore", "restore, in earnest"
    ACCESS = "access", "emergency access"
    INCIDENT = "incident", "an incident, played through"
    KEYS = "keys", "replacing or recovering keys"


class DrillResult(models.TextChoices):
    """How it ended."""

    WORKED = "worked", "worked"
    PARTLY = "partly", "worked in part"
    FAILED = "failed", "failed"


class Drill(models.Model):
    """One drill or restore, recorded when it's over; never changed."""

    kind = models.CharField(max_length=16, choices=DrillKind.choices)
    what = models.CharField(max_length=500, help_text="What was restored or played through, and where.")
    backup_at = models.DateTimeField(null=True, help_text="Of when the backup was.")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    result = models.CharField(max_length=8, choices=DrillResult.choices)
    found = models.CharField(max_length=1000, blank=True)
    checkpoint = models.ForeignKey(
        AuditCheckpoint,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="The newest of the log when it was recorded.",
    )
    next_due_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="desk_drill_says_what"),
            models.CheckConstraint(
                condition=Q(began_at__lt=F("ended_at")) & Q(ended_at__lte=F("recorded_at")),
                name="desk_drill_took_time",
            ),
            models.CheckConstraint(
                condition=Q(backup_at=None) | Q(backup_at__lte=F("began_at")), name="desk_drill_backup_before"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["restore", "restore_drill"]) | Q(backup_at__isnull=False),
                name="desk_drill_restores_a_backup",
            ),
            models.CheckConstraint(
                condition=Q(result="worked") | ~Q(found=""), name="desk_drill_says_what_failed"
            ),
        ]

    def __str__(self) -> str:
        return f"drill {self.pk}"

    @property
    def took(self) -> timedelta:
        """How long it took."""
        return self.ended_at - self.began_at

    @property
    def loses(self) -> timedelta | None:
        """How much would have been lost: the age of the backup."""
        return None if self.backup_at is None else self.began_at - self.backup_at
