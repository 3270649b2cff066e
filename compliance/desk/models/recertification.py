"""Reviews of access: what everybody held on one day, and what was decided about each of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Decision(models.TextChoices):
    """What is decided about one thing that somebody holds."""

    OPEN = "", "not decided"
    KEEP = "keep", "keep"
    REVOKE = "revoke", "revoke"


class HeldKind(models.TextChoices):
    """What kind of access it is."""

    ROLE = "role", "role"
    GRANT = "grant", "grant"
    ENGAGEMENT = "engagement", "engagement"


class RecertificationCampaign(models.Model):
    """One review of everybody's access; rows are never deleted."""

    quarter = models.CharField(max_length=7, unique=True, help_text='As "2026-Q4".')
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    due_on = models.DateField()
    reminded_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)

    # No columns: `campaigns_all` counts them.
    held: int
    undecided: int
    waiting: int
    revoked: int

    class Meta:
        default_permissions = ()
        ordering = ["-quarter"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter__regex=r"^[0-9]{4}-Q[1-4]$"), name="desk_recertification_quarter"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, note="")
                | (Q(closed_at__isnull=False, closed_at__gte=F("opened_at"), closed_by__isnull=False)),
                name="desk_recertification_closed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"review of access {self.quarter}"


class RecertificationLine(models.Model):
    """One thing that one person held when the review was opened, and what came of it."""

    campaign = models.ForeignKey(RecertificationCampaign, on_delete=models.PROTECT, related_name="lines")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=HeldKind.choices)
    what = models.CharField(
        max_length=200, help_text="A role, a permission, or the reports of an engagement."
    )
    holding_id = models.BigIntegerField(default=0, help_text="Of the grant or engagement; 0: a role.")
    app_id = models.CharField(max_length=155, blank=True)
    channel = models.CharField(max_length=64, blank=True)
    given_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    expires_at = models.DateTimeField(null=True)
    could_sign_in = models.BooleanField()
    last_seen_at = models.DateTimeField(null=True)

    decision = models.CharField(max_length=6, choices=Decision.choices, blank=True, default=Decision.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    carried_out_at = models.DateTimeField(null=True, help_text="When they had lost it, by whatever way.")

    # No columns: pages fill them.
    words: str
    taken_at: str

    class Meta:
        default_permissions = ()
        ordering = ["person__name", "person_id", "kind", "what", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "person", "kind", "what", "holding_id"], name="desk_recertified_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="role", holding_id=0, app_id="", channel="")
                | Q(kind__in=["grant", "engagement"], holding_id__gt=0),
                name="desk_recertified_is_something",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by=None, decided_at=None, reason="")
                | Q(decision__in=["keep", "revoke"], decided_by__isnull=False, decided_at__isnull=False),
                name="desk_recertified_whole",
            ),
            models.CheckConstraint(
                condition=~Q(decision="revoke") | ~Q(reason=""), name="desk_recertified_says_why"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("person")), name="desk_recertified_by_another"
            ),
            models.CheckConstraint(
                condition=Q(carried_out_at=None) | Q(decision="revoke"), name="desk_recertified_carried_out"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.what}"

    @property
    def place(self) -> str:
        """Where it counts, in words."""
        if not self.app_id:
            return "the console"
        return f"{self.app_id}, channel {self.channel}" if self.channel else self.app_id

    @property
    def waits(self) -> bool:
        """Whether it's to be revoked and hasn't been."""
        return self.decision == Decision.REVOKE and self.carried_out_at is None
