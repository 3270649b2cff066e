"""What registers of people outside have in common: providers, and business associates."""

from django.conf import settings
from django.db import models


class RegisteredParty(models.Model):
    """Somebody outside, under a contract; never deleted, it ends."""

    name = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_on = models.DateField(null=True)
    ended_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name
