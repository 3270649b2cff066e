"""The audit log's table. Rows are only ever added: triggers in both databases refuse the rest."""

from typing import Any, NoReturn

from django.db import models

from compliance.ledger.domain.events import Action, ActorKind, Outcome
from compliance.ledger.errors import LedgerError


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Reads only; a bulk change is refused here before the database refuses it."""

    def update(self, **kwargs: Any) -> NoReturn:  # noqa: ARG002 (refused whatever it carries)
        """Refuse.

        Raises:
            LedgerError: Always.
        """
        raise LedgerError("Audit events are never changed.")

    def delete(self) -> NoReturn:
        """Refuse.

        Raises:
            LedgerError: Always.
        """
        raise LedgerError("Audit events are never deleted.")


class AuditEvent(models.Model):
    """One thing that happened, was refused, or failed."""

    sequence = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=64, choices=[(a.value, a.value) for a in Action])
    outcome = models.CharField(max_length=8, choices=[(o.value, o.value) for o in Outcome])
    actor_kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in ActorKind])
    actor_id = models.CharField(max_length=64, blank=True)
    app_id = models.CharField(max_length=155, blank=True)
    object_type = models.CharField(max_length=32, blank=True)
    object_id = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)

    # No column: pages that show names have `compliance.ledger.selectors.actor_names` fill it.
    actor_name: str

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = "audit event"
        verbose_name_plural = "audit log"
        ordering = ["-sequence"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["app_id", "-sequence"], name="ledger_by_app"),
            models.Index(fields=["object_type", "object_id", "-sequence"], name="ledger_by_object"),
        ]

    def __str__(self) -> str:
        return f"Event {self.sequence}, {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; a second save of the same row is refused.

        Raises:
            LedgerError: The row is in the database already.
        """
        if not self._state.adding:
            raise LedgerError("Audit events are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002 (refused whatever it carries)
        """Refuse.

        Raises:
            LedgerError: Always.
        """
        raise LedgerError("Audit events are never deleted.")
