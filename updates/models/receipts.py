"""Receipts: that the audit log holds what made a release live, under a checkpoint that was signed."""

from django.db import models
from django.db.models import Q

from compliance.ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from updates.models.releases import Release


class ReleaseReceipt(AppendOnlyModel):
    """Without one for its `live_event`, no device is offered a release (docs/releases.md, "Receipts").

    Inserted once and then only read; the database refuses everything else.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="receipts")
    event = models.BigIntegerField(unique=True, help_text="Number of the audit event that made it live.")
    sequence = models.BigIntegerField(help_text="That event's place in the log.")
    origin = models.CharField(max_length=255, help_text="The log, as its checkpoints name it.")
    size = models.BigIntegerField(help_text="Entries under the checkpoint.")
    proof = models.TextField(help_text="C2SP tlog-proof of that event; it carries its header.")
    # The same of its publication and of each sign-off, as `{"event", "action", "proof"}`, in their order.
    others = models.JSONField(default=list)
    taken_at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sequence__gte=0, sequence__lt=models.F("size")), name="updates_receipt_in_log"
            )
        ]

    def __str__(self) -> str:
        return f"receipt of release {self.release_id}"
