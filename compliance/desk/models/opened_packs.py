"""Packs that external auditors may take themselves: opened to the auditors of one audit, and ended again."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import AuditorEngagement
from compliance.desk.models.engagements import AuditEngagement
from compliance.desk.models.exports import Export


class OpenedPack(models.Model):
    """A pack that is open to an audit's external auditors while they're engaged; rows are never deleted.

    It's open to whom the officer saw when opening it, and to nobody whom the audit names later.
    """

    audit = models.ForeignKey(AuditEngagement, on_delete=models.PROTECT, related_name="opened_packs")
    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="openings")
    personal = models.BooleanField(help_text="That it's opened with personal values was said.")
    readers = models.ManyToManyField(AuditorEngagement, related_name="+")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["audit", "export"], condition=Q(ended_at=None), name="desk_pack_opened_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False, ended_at__gte=F("opened_at")),
                name="desk_pack_ended_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.export_id} open to audit {self.audit_id}"
