"""Audit engagements: what auditors look at, what they asked for, which samples were drawn, what they got.

Who of them may sign in, and until when, is the engagement of accounts; here it's only named.
"""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import AuditorEngagement
from compliance.desk.models.exports import Export, ExportCopy
from compliance.ledger.models import AuditCheckpoint, AuditEvent

if TYPE_CHECKING:
    from accounts.models import User


def _person() -> "models.ForeignKey[User, User]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")


def _nobody_yet() -> "models.ForeignKey[User | None, User | None]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")


class Framework(models.TextChoices):
    """Against what is audited."""

    HIPAA = "hipaa", "HIPAA Security Rule"
    CCPA = "ccpa", "CCPA"
    NIST_800_53 = "nist_800_53", "NIST SP 800-53"
    SOC2 = "soc2", "SOC 2"
    ISO_27001 = "iso_27001", "ISO/IEC 27001"
    OTHER = "other", "another, or an audit of our own"


class AuditEngagement(models.Model):
    """One audit of one period; rows are never deleted."""

    title = models.CharField(max_length=200, help_text="The auditor's firm, and what for.")
    framework = models.CharField(max_length=12, choices=Framework.choices)
    period_from = models.DateField()
    period_to = models.DateField(help_text="The last day of it.")
    accesses = models.ManyToManyField(AuditorEngagement, related_name="audits")
    opened_by = _person()
    opened_at = models.DateTimeField()
    closed_by = _nobody_yet()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=1000, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & Q(period_from__lte=F("period_to")), name="desk_audit_has_a_period"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, outcome="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
                name="desk_audit_closed_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class AskedState(models.TextChoices):
    """How far an auditor's request is."""

    OPEN = "open", "open"
    ANSWERED = "answered", "answered"
    ACCEPTED = "accepted", "accepted"
    WITHDRAWN = "withdrawn", "withdrawn"


class AuditorRequest(models.Model):
    """One line of an auditor's request list."""

    audit = models.ForeignKey(AuditEngagement, on_delete=models.PROTECT, related_name="requests")
    number = models.PositiveIntegerField()
    asked = models.CharField(max_length=1000)
    due_on = models.DateField()
    state = models.CharField(max_length=9, choices=AskedState.choices, default=AskedState.OPEN)
    answer = models.CharField(max_length=2000, blank=True)
    export = models.ForeignKey(Export, on_delete=models.PROTECT, null=True, related_name="+")
    answered_by = _nobody_yet()
    answered_at = models.DateTimeField(null=True)
    added_by = _person()
    added_at = models.DateTimeField()
    reminded_on = models.DateField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "number"], name="desk_asked_number"),
            models.CheckConstraint(condition=~Q(asked=""), name="desk_asked_something"),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "accepted"])
                | (Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer="")),
                name="desk_asked_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.number} of {self.audit_id}"


class AuditSample(models.Model):
    """One sample of one population: ordered, and then drawn by the first checkpoint that covers the order."""

    audit = models.ForeignKey(AuditEngagement, on_delete=models.PROTECT, related_name="samples")
    action = models.CharField(max_length=64)
    app_id = models.CharField(max_length=155, blank=True)
    wanted = models.PositiveIntegerField()
    order = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="+")
    ordered_by = _person()
    ordered_at = models.DateTimeField()
    checkpoint = models.ForeignKey(AuditCheckpoint, on_delete=models.PROTECT, null=True, related_name="+")
    population = models.BigIntegerField(null=True)
    seed = models.CharField(max_length=64, blank=True)
    words = models.CharField(max_length=400, blank=True)
    sequences = models.JSONField(null=True)

    # No column: pages fill it.
    phrase: str
    earlier: "list[AuditSample]"

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            # Who could draw again would draw until they like it.
            models.UniqueConstraint(fields=["audit", "action", "app_id"], name="desk_sample_drawn_once"),
            models.CheckConstraint(
                condition=Q(wanted__gte=1, wanted__lte=500) & ~Q(action=""), name="desk_sample_of_something"
            ),
            models.CheckConstraint(
                # Of JSON, `=None` would ask for its null, which isn't that of the column.
                condition=Q(checkpoint=None, population=None, seed="", words="", sequences__isnull=True)
                | (
                    Q(checkpoint__isnull=False, population__isnull=False, sequences__isnull=False)
                    & ~Q(seed="")
                    & ~Q(words="")
                ),
                name="desk_sample_drawn_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"sample of {self.action}"


class AuditDelivery(models.Model):
    """One pack that an auditor was given; its copy is in the register of exports, too."""

    audit = models.ForeignKey(AuditEngagement, on_delete=models.PROTECT, related_name="deliveries")
    copy = models.OneToOneField(ExportCopy, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"delivery {self.pk}"
