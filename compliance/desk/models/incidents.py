"""Incidents: what happened, what was done, whom it had to be told, and what was learned."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from compliance.desk.domain.notices import TERMS, NoticeRule, NoticeTerms


def _person() -> "models.ForeignKey[object, object]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")


class IncidentKind(models.TextChoices):
    """What kind of incident it is."""

    DISCLOSURE = "disclosure", "somebody saw data that isn't theirs"
    INTRUSION = "intrusion", "somebody was in who shouldn't be"
    KEY = "key", "a signing key may be known to others"
    INTEGRITY = "integrity", "something was changed that shouldn't be"
    AVAILABILITY = "availability", "something didn't work"
    LOSS = "loss", "a device, a copy or an authenticator was lost"
    OTHER = "other", "something else"


class Incident(models.Model):
    """One incident, from when it was noticed until it's closed with its lessons; rows are never deleted."""

    kind = models.CharField(max_length=12, choices=IncidentKind.choices)
    what = models.CharField(max_length=500)
    began_at = models.DateTimeField(null=True, help_text="As far as it's known.")
    noticed_at = models.DateTimeField()
    noticed_by = models.CharField(max_length=120)
    personal = models.BooleanField()
    phi = models.BooleanField()
    affected = models.PositiveIntegerField(null=True, help_text="People; null: not known yet.")
    recorded_by = _person()
    recorded_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lessons = models.TextField(blank=True, max_length=2000)

    class Meta:
        default_permissions = ()
        ordering = ["-noticed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(noticed_by=""), name="desk_incident_says_what_and_who"
            ),
            models.CheckConstraint(
                condition=Q(began_at=None) | Q(began_at__lte=F("noticed_at")),
                name="desk_incident_began_before",
            ),
            models.CheckConstraint(
                condition=Q(noticed_at__lte=F("recorded_at")), name="desk_incident_noticed_before"
            ),
            models.CheckConstraint(
                condition=Q(phi=False) | Q(personal=True), name="desk_incident_phi_is_personal"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, lessons="")
                | (
                    Q(closed_at__isnull=False, closed_by__isnull=False, closed_at__gte=F("noticed_at"))
                    & ~Q(lessons="")
                ),
                name="desk_incident_closed_with_lessons",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"INC-{self.pk:04d}"


class IncidentStep(models.Model):
    """One thing that was done about an incident; never changed."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField(help_text="When it was done.")
    what = models.CharField(max_length=1000)
    recorded_by = _person()
    recorded_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what="") & Q(at__lte=F("recorded_at")), name="desk_incident_step_happened"
            )
        ]

    def __str__(self) -> str:
        return f"step {self.pk} of {self.incident_id}"


class IncidentNotice(models.Model):
    """One notice that an incident may need: sent, or not due for a reason."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="notices")
    rule = models.CharField(max_length=32, choices=[(each.value, each.value) for each in NoticeRule])
    due_on = models.DateField()
    sent_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True, help_text="Whom and how; or why it isn't due.")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    reminded_on = models.DateField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "rule"], name="desk_incident_notice_once"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, sent_on=None, note="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(note="")),
                name="desk_incident_notice_settled_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} of {self.incident_id}"

    @property
    def terms(self) -> NoticeTerms:
        """Whom, where it's written, and by when."""
        return TERMS[NoticeRule(self.rule)]
