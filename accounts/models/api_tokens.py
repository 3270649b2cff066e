"""Rights of machines."""

from datetime import datetime

from django.db import models

from accounts.domain.roles import CHANNEL_PERMISSIONS, Permission
from accounts.models.people import User
from accounts.models.publishers import TrustedPublisher
from compliance.ledger.domain.events import Actor, ActorKind


class APIToken(models.Model):
    """A machine's right to act on one app, or to read the console's log.

    It's shown once, and kept as a SHA-256 (the secret has 256 bits).
    One that was given for a CI's token has a `publisher`, lives for minutes, and may be bound to channels.
    """

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, help_text="First characters, to recognise it by.")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    app_id = models.CharField(max_length=155, help_text="The only app it may act on.")
    permissions = models.JSONField(default=list)
    # The database's own default: a process of before this column still issues tokens while it's replaced.
    channels = models.JSONField(
        default=list, db_default=[], help_text="The only ones it may publish on; none: all."
    )
    publisher = models.ForeignKey(
        TrustedPublisher, on_delete=models.PROTECT, null=True, related_name="api_tokens"
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    expiry_told_at = models.DateTimeField(null=True, help_text="When its issuer was told that it ends soon.")

    class Meta:
        verbose_name = "API token"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="accounts_api_token_expires"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def actor(self) -> Actor:
        """This token as the audit log names it."""
        return Actor(ActorKind.API_TOKEN, str(self.pk))

    def is_usable(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at

    def may(self, permission: Permission, app_id: str, channel: str = "") -> bool:
        """Whether it carries `permission` on `app_id`, and on `channel` where that is what is asked for."""
        if self.app_id != app_id or permission.value not in self.permissions:
            return False
        return not self.channels or permission not in CHANNEL_PERMISSIONS or channel in self.channels
