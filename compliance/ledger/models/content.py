"""What can be erased: the content of an event, and the personal values that its content only commits to."""

from django.db import models

from compliance.ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from compliance.ledger.models.events import AuditEvent


class AuditContent(AppendOnlyModel):
    """The facts of one event, as the canonical bytes that its header holds the SHA-256 of."""

    event = models.OneToOneField(
        AuditEvent, on_delete=models.PROTECT, primary_key=True, related_name="content"
    )
    content = models.BinaryField()

    objects = AppendOnlyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"content of event {self.event_id}"


class AuditDisclosure(AppendOnlyModel):
    """One personal value and its salt; the content holds their digest alone, which tells nothing."""

    event = models.ForeignKey(AuditEvent, on_delete=models.PROTECT, related_name="disclosures")
    name = models.CharField(max_length=200)
    salt = models.CharField(max_length=22)
    value = models.JSONField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        constraints = [models.UniqueConstraint(fields=["event", "name"], name="ledger_disclosure_once")]

    def __str__(self) -> str:
        return f"{self.name} of event {self.event_id}"


class ErasureKind(models.TextChoices):
    """Why something was erased."""

    RETENTION = "retention", "its time was over"
    PRIVACY = "privacy", "a request for deletion"


class AuditErasure(AppendOnlyModel):
    """The permit without which the database deletes nothing; it stays, and names the event that says so."""

    first = models.BigIntegerField(help_text="Number of the first event.")
    last = models.BigIntegerField(help_text="Number of the last event.")
    disclosures_only = models.BooleanField()
    name = models.CharField(max_length=200, blank=True, help_text="One disclosure's name; empty: all.")
    kind = models.CharField(max_length=16, choices=ErasureKind.choices)
    tombstone = models.ForeignKey(AuditEvent, on_delete=models.PROTECT, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first__lte=models.F("last")), name="ledger_erasure_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(name="") | models.Q(disclosures_only=True),
                name="ledger_erasure_names_disclosures",
            ),
        ]
        indexes = [models.Index(fields=["first", "last"], name="ledger_erasure_range")]

    def __str__(self) -> str:
        return f"events {self.first} to {self.last}"
