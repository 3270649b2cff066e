"""Reports that were made, what officers said of them, and which are made again and again."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import StepUp
from compliance.desk.domain.reports.cadence import CADENCE_WORDS
from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.domain.reports.declaration import ReportKind
from compliance.desk.domain.reports.order import report_facts
from compliance.desk.domain.reports.sampling import SAMPLE_AT_MOST
from compliance.desk.models.exports import Export, ExportState
from compliance.ledger.models import AuditEvent


class ReportSchedule(models.Model):
    """A report that is made again and again, for who asked for it. It never holds personal values."""

    kind = models.CharField(max_length=8, help_text="The id of the report.")
    filters = models.JSONField(default=dict)
    cadence = models.CharField(max_length=9, choices=list(CADENCE_WORDS.items()))
    zone = models.CharField(max_length=64)
    sample = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    next_on = models.DateField(help_text="The day in the zone on which it's made next.")
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_why="") | (Q(ended_at__isnull=False) & ~Q(ended_why="")),
                name="desk_report_schedule_ended_why",
            ),
            models.CheckConstraint(
                condition=Q(sample__lte=SAMPLE_AT_MOST), name="desk_report_schedule_sample"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cadence}"

    @property
    def declared(self) -> ReportKind:
        """What is made."""
        return REPORTS[self.kind]


class ReportRun(models.Model):
    """One making of a report. Its pack, its period and who ordered it are those of its export."""

    export = models.OneToOneField(Export, on_delete=models.PROTECT, primary_key=True, related_name="report")
    kind = models.CharField(max_length=8, help_text="The id of the report.")
    filters = models.JSONField(default=dict, help_text="Values by kind of filter.")
    sample = models.PositiveSmallIntegerField(default=0, help_text="How many rows are chosen.")
    schedule = models.ForeignKey(
        ReportSchedule, on_delete=models.PROTECT, null=True, related_name="runs", help_text="Null: by hand."
    )
    # Known once it's made.
    made = models.JSONField(default=dict, help_text="What came out, as the manifest says it.")
    told_at = models.DateTimeField(null=True, help_text="When who asked for it was told that it's there.")

    class Meta:
        default_permissions = ()
        ordering = ["-export__ordered_at"]
        constraints = [
            models.CheckConstraint(condition=Q(sample__lte=SAMPLE_AT_MOST), name="desk_report_sample"),
        ]
        indexes = [models.Index(fields=["kind"], name="desk_report_by_kind")]

    def __str__(self) -> str:
        return f"report {self.kind} {str(self.pk)[:8]}"

    @property
    def declared(self) -> ReportKind:
        """What was made."""
        return REPORTS[self.kind]

    @property
    def is_made(self) -> bool:
        """Whether there is something to review, be it that its file has been removed since."""
        return self.export.state in {ExportState.READY, ExportState.REMOVED}

    @property
    def ordered(self) -> dict[str, Any]:
        """What was ordered, as the order's entry in the log and the manifest have it."""
        return report_facts(self.kind, filters=self.filters, sample=self.sample)


class Verdict(models.TextChoices):
    """What an officer says of a report."""

    SIGNED_OFF = "signed_off", "signed off"
    FOLLOW_UP = "follow_up", "reviewed, with something to follow up"


class ReportReview(models.Model):
    """An officer has looked at a report: who, when, with what result, confirmed.

    The console only adds rows; the log has each.
    """

    run = models.ForeignKey(ReportRun, on_delete=models.PROTECT, related_name="reviews")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    note = models.CharField(max_length=1000)
    sha256 = models.CharField(max_length=64, help_text="Of the pack that was looked at.")
    step_up = models.OneToOneField(StepUp, on_delete=models.PROTECT, related_name="+")
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(note="") & ~Q(sha256=""), name="desk_report_review_is_complete"
            ),
            models.UniqueConstraint(
                fields=["run"], condition=Q(verdict="signed_off"), name="desk_report_signed_off_once"
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.run_id}"
