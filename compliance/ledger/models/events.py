"""What happened: one row for each event, written in the transaction of what it records."""

from typing import Any

from django.db import models

from compliance.ledger.domain.canonical import facts_merge
from compliance.ledger.domain.events import ActorKind, Outcome
from compliance.ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet


class AuditEventManager(models.Manager["AuditEvent"]):
    """Reads events with what they tell: one more query for a page of them, never one for each."""

    def get_queryset(self) -> "models.QuerySet[AuditEvent]":
        """Begin every reading with content and disclosures."""
        events: models.QuerySet[AuditEvent] = AppendOnlyQuerySet(self.model, using=self._db)
        return events.select_related("content").prefetch_related("disclosures")


class AuditEvent(AppendOnlyModel):
    """One thing that happened, was refused, or failed.

    `header` is the truth and what the tree hashes; the columns after it are copies, to search by. What the
    event tells beyond them rests in `AuditContent` and `AuditDisclosure`, which can go while this stays.
    """

    # In the order of writing; the place in the log is the leaf's `sequence`.
    number = models.BigAutoField(primary_key=True)
    header = models.BinaryField()
    leaf_hash = models.BinaryField()
    at = models.DateTimeField()
    action = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8, choices=[(o.value, o.value) for o in Outcome])
    actor_kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in ActorKind])
    actor_id = models.CharField(max_length=64, blank=True)
    app_id = models.CharField(max_length=155, blank=True)
    object_type = models.CharField(max_length=32, blank=True)
    object_id = models.CharField(max_length=200, blank=True)

    objects = AuditEventManager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "audit event"
        verbose_name_plural = "audit log"
        ordering = ["-number"]
        indexes = [
            # Each ends as the explorer sorts, so that a search reads what it shows and nothing else.
            models.Index(fields=["app_id", "-at", "-number"], name="ledger_app_in_time"),
            models.Index(fields=["object_type", "object_id", "-at", "-number"], name="ledger_object_in_time"),
            models.Index(fields=["actor_kind", "actor_id", "-at", "-number"], name="ledger_actor_in_time"),
            models.Index(fields=["action", "-at", "-number"], name="ledger_action_in_time"),
            models.Index(fields=["outcome", "-at", "-number"], name="ledger_outcome_in_time"),
            models.Index(fields=["-at", "-number"], name="ledger_in_time"),
        ]

    def __str__(self) -> str:
        return f"Event {self.number}, {self.action}"

    @property
    def detail(self) -> dict[str, Any]:
        """What it tells: its facts, and of the personal ones those that weren't erased."""
        content = getattr(self, "content", None)
        if content is None:
            return {}
        told = {disclosure.name: disclosure.value for disclosure in self.disclosures.all()}
        return facts_merge(bytes(content.content), told)

    @property
    def facts(self) -> dict[str, Any]:
        """The same without personal values, for whoever may not see those."""
        content = getattr(self, "content", None)
        return {} if content is None else facts_merge(bytes(content.content), {})


class AuditPending(models.Model):
    """PostgreSQL's outbox: events that have no place in the log yet; a trigger fills it.

    Whoever gives them their places takes them out, so a late commit is never passed over. SQLite has one
    writer at a time and gives an event its place in the transaction that writes it.
    """

    number = models.BigIntegerField(primary_key=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.number)
