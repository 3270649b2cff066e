"""What a channel wants signed, and who signed what."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.domain.roles import Role
from updates.models.apps import Channel
from updates.models.releases import Release

_ROLES = [("", "anyone who may sign off"), *((role.value, role.words) for role in Role)]


class SignOffRequirement(models.Model):
    """How many people of a role have to sign a release of a channel; each counts for one role only."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="sign_off_requirements")
    role = models.CharField(max_length=32, blank=True, choices=_ROLES, help_text="Empty: any of them.")
    count = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["channel_id", "role"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "role"], name="updates_requirement_once"),
            models.CheckConstraint(condition=Q(count__gte=1), name="updates_requirement_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.count} of {self.role or 'anyone'} on {self.channel}"


class SignOff(models.Model):
    """One person's word about one revision of a release; of another revision it says nothing."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="sign_offs")
    revision = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was to be signed, in hex.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, blank=True, choices=_ROLES, help_text="For which it counts.")
    approves = models.BooleanField()
    comment = models.CharField(max_length=500, blank=True)
    # The dated text of the stores' rules that the person attested; empty with a rejection.
    checklist = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    # Null: a rejection, or given before there were receipts.
    event = models.BigIntegerField(null=True, help_text="Number of the audit event that records it.")

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["release", "revision", "person"], name="updates_sign_off_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.release_id}, revision {self.revision}"
