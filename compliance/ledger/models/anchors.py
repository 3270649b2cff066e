"""Where checkpoints were laid down outside the database, and what went wrong with it."""

from django.db import models
from django.db.models import Q

from compliance.ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from compliance.ledger.models.tree import AuditCheckpoint


class AnchorKind(models.TextChoices):
    """What holds the copy."""

    FILE = "file", "a folder of files"
    MAIL = "mail", "letters to compliance officers"
    S3 = "s3", "object storage with a lock"

    @property
    def place_words(self) -> str:
        """Where copies of the kind are, in words."""
        return {AnchorKind.FILE: "the folder", AnchorKind.MAIL: "letters", AnchorKind.S3: "the bucket"}[self]


class AnchorAct(models.TextChoices):
    """What was done."""

    LAY = "lay", "laid down"
    COMPARE = "compare", "compared with the log"


class AuditAnchor(AppendOnlyModel):
    """One copy of a checkpoint's note where a way into the database doesn't lead; or a try that failed.

    A comparison of the copies with the log is one too: of the checkpoint that was the newest then.
    """

    checkpoint = models.ForeignKey(AuditCheckpoint, on_delete=models.PROTECT, related_name="anchors")
    kind = models.CharField(max_length=8, choices=AnchorKind.choices)
    act = models.CharField(max_length=8, choices=AnchorAct.choices, default=AnchorAct.LAY)
    place = models.CharField(max_length=500, help_text="Where the copy is, as far as the console knows.")
    # The last checkpoint of a day that is over; null: one of many.
    seals = models.DateField(null=True)
    at = models.DateTimeField()
    error = models.CharField(max_length=300, blank=True, help_text="Empty: it went well.")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "seals"],
                condition=Q(error="", act="lay", seals__isnull=False),
                name="ledger_anchor_seals_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "place"],
                condition=Q(error="", act="lay", kind__in=("file", "s3")),
                name="ledger_anchor_once",
            ),
        ]
        indexes = [models.Index(fields=["kind", "act", "-id"], name="ledger_anchor_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.checkpoint_id}"
