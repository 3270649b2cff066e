"""Business associates, and addressable decisions. Nothing is deleted: it ends, or is replaced."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from compliance.desk.domain.phi.papers import SPECIFICATIONS, Decision
from compliance.desk.models.parties import RegisteredParty

_DECISIONS: Final = [(each.value, each.words) for each in Decision]


class BusinessAssociate(RegisteredParty):
    """Somebody who handles health data for the operator, under an agreement (45 CFR 164.504(e))."""

    does = models.CharField(max_length=500, help_text="What they do with health data, and in which apps.")
    agreed_on = models.DateField(null=True, blank=True, help_text="Empty: no agreement yet.")
    file_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the signed agreement, in hex.")
    expires_on = models.DateField(null=True, blank=True)
    review_on = models.DateField()

    class Meta:
        default_permissions = ()
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(ended_on=None), name="desk_associate_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(does=""), name="desk_associate_says_what"),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(agreed_on__isnull=False, expires_on__gt=F("agreed_on")),
                name="desk_associate_expires_after",
            ),
            models.CheckConstraint(
                condition=Q(file_sha256="") | Q(file_sha256__regex=r"^[0-9a-f]{64}$"),
                name="desk_associate_file_is_sha256",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_reason="") | Q(ended_on__isnull=False) & ~Q(ended_reason=""),
                name="desk_associate_ends_for_a_reason",
            ),
        ]


class AddressableDecision(models.Model):
    """What was decided on one addressable specification, and why (45 CFR 164.306(d)(3)).

    The text is never changed: a later decision replaces an earlier one, and both stay for six years and more.
    """

    specification = models.CharField(max_length=24, choices=list(SPECIFICATIONS.items()))
    decision = models.CharField(max_length=11, choices=_DECISIONS)
    reason = models.CharField(max_length=2000, help_text="Why it is, or isn't, reasonable and appropriate.")
    alternative = models.CharField(max_length=2000, blank=True, help_text="What is done instead.")
    review_on = models.DateField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["specification", "-decided_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["specification"], condition=Q(replaced_at=None), name="desk_decision_one_in_force"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="desk_decision_says_why"),
            models.CheckConstraint(
                condition=Q(decision=Decision.ALTERNATIVE.value) & ~Q(alternative="")
                | ~Q(decision=Decision.ALTERNATIVE.value) & Q(alternative=""),
                name="desk_decision_names_the_alternative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.specification}: {self.decision}"
