"""The first start: the link that lets the first administrator in."""

from datetime import datetime

from django.db import models

from accounts.models.people import User
from releaseconsole.kernel import clock


class SetupLink(models.Model):
    """The one-time link with which the first administrator comes in; only its hash is kept."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"set-up link of {self.created_at:%Y-%m-%d}"

    def is_usable(self, now: datetime) -> bool:
        """Whether it can still be used."""
        return self.used_at is None and now < self.expires_at
