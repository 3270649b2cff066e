"""The register of exports: what left the console, who asked for it and why, and who holds copies of it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from compliance.desk.domain.export_filter import ExportFilter, Period
from compliance.ledger.models import AuditCheckpoint, AuditEvent
from releaseconsole.kernel import randomness


class ExportState(models.TextChoices):
    """Life of an export. From failed and cancelled it can be ordered again; removed is the end."""

    ORDERED = "ordered", "waits"
    RUNNING = "running", "is being made"
    READY = "ready", "ready"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"
    REMOVED = "removed", "file removed"


class Export(models.Model):
    """One export pack, from the order until long after its file is gone. Rows are never deleted."""

    id = models.UUIDField(primary_key=True, default=randomness.uuid4, editable=False)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    order = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    period_from = models.DateTimeField(null=True)
    period_before = models.DateTimeField(null=True)
    zone = models.CharField(max_length=64)
    values = models.JSONField(default=dict, help_text="The filter: values by the name of a header's member.")
    personal = models.BooleanField(help_text="With the personal values that still exist.")

    state = models.CharField(max_length=9, choices=ExportState.choices, default=ExportState.ORDERED)
    claim = models.UUIDField(null=True, help_text="Of the process that makes it.")
    alive_at = models.DateTimeField(null=True, help_text="When that was last heard of.")
    attempts = models.PositiveSmallIntegerField(default=0)
    entries_total = models.BigIntegerField(default=0)
    entries_done = models.BigIntegerField(default=0)
    failure = models.CharField(max_length=500, blank=True)

    checkpoint = models.ForeignKey(AuditCheckpoint, on_delete=models.PROTECT, null=True, related_name="+")
    previous = models.ForeignKey(AuditCheckpoint, on_delete=models.PROTECT, null=True, related_name="+")
    first = models.BigIntegerField(null=True, help_text="Sequence of the first entry that is covered.")
    end = models.BigIntegerField(null=True, help_text="Sequence after the last one.")
    counts = models.JSONField(default=dict)
    made = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, null=True, related_name="+")
    receipt = models.TextField(blank=True, help_text="Proof (C2SP tlog-proof) that its making is on the log.")
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-ordered_at"]
        default_permissions = ()
        constraints = [
            # A large export is hours of one thread: a second one would keep the worker from everything else.
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="desk_export_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "removed"])
                | Q(
                    checkpoint__isnull=False,
                    made__isnull=False,
                    size__isnull=False,
                    expires_at__isnull=False,
                    first__lte=F("end"),
                )
                & ~Q(sha256="")
                & ~Q(receipt=""),
                name="desk_export_ready_is_proved",
            ),
            models.CheckConstraint(
                condition=Q(state="removed", removed_at__isnull=False)
                | (~Q(state="removed") & Q(removed_at__isnull=True)),
                name="desk_export_removed_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(failure=""), name="desk_export_failed_why"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="desk_export_has_a_reason"),
        ]
        indexes = [models.Index(fields=["state", "ordered_at"], name="desk_export_next")]

    def __str__(self) -> str:
        return f"export {str(self.pk)[:8]}"

    @property
    def wish(self) -> ExportFilter:
        """Which entries it shows."""
        return ExportFilter(Period(self.period_from, self.period_before, self.zone), self.values)

    @property
    def filename(self) -> str:
        """What a browser saves it as."""
        return f"audit-export-{str(self.pk)[:8]}.zip"

    @property
    def is_moving(self) -> bool:
        """Whether something is still to happen to it by itself."""
        return self.state in {ExportState.ORDERED, ExportState.RUNNING}

    @property
    def is_given_up(self) -> bool:
        """Whether nothing came of it, and it can be made again."""
        return self.state in {ExportState.FAILED, ExportState.CANCELLED}

    @property
    def last(self) -> int | None:
        """Sequence of the last entry that it covers; None: it covers none, or isn't made."""
        return None if self.end is None or self.end == self.first else self.end - 1

    @property
    def excluded(self) -> int:
        """How many entries of those covered aren't shown."""
        reasons: dict[str, Any] = self.counts.get("excluded", {})
        return sum(reasons.values())


class CopyKind(models.TextChoices):
    """How somebody came to hold a copy."""

    DOWNLOAD = "download", "downloaded it"
    HANDED_ON = "handed_on", "was given it"


class ExportCopy(models.Model):
    """One copy of a pack outside the console: what has to be asked for back when something is erased."""

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="copies")
    kind = models.CharField(max_length=9, choices=CopyKind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    holder = models.CharField(max_length=200, blank=True, help_text="Who was given it; empty: `by`.")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="download", holder="") | (Q(kind="handed_on") & ~Q(holder=""))),
                name="desk_copy_has_a_holder",
            )
        ]

    def __str__(self) -> str:
        return f"copy of {self.export_id}"
