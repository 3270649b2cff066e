"""Webhooks: where they go, and every message that went or will go."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q

from updates.models.apps import App


class WebhookEndpoint(models.Model):
    """An address that is told what happens to an app."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="webhooks")
    url = models.URLField(max_length=500)
    description = models.CharField(max_length=200, blank=True)
    sealed_secret = models.TextField(blank=True, help_text="What signs, sealed under the KEK.")
    # Signs as well until then, so that a receiver has time to take the new one.
    sealed_previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    events = models.JSONField(default=list, help_text="Names of events; empty: all.")
    disabled_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True, help_text="First failure since the last success.")
    # Number of the audit event up to which nothing is sent: what comes before it in the log.
    begins_after = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["app_id", "created_at"]
        constraints = [models.UniqueConstraint(fields=["app", "url"], name="updates_webhook_once")]

    def __str__(self) -> str:
        return self.host

    @property
    def host(self) -> str:
        """Host and port: all that is told elsewhere than on its page, for a path may be a secret."""
        return urlsplit(self.url).netloc

    def secret_context(self) -> str:
        """What the sealed secret is bound to."""
        return f"webhook:{self.pk}"

    def previous_secret_context(self) -> str:
        """What the sealed earlier secret is bound to."""
        return f"webhook-previous:{self.pk}"


class WebhookDelivery(models.Model):
    """One message to one endpoint, until it's delivered or given up."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=64, help_text="`webhook-id`; a repetition carries the same.")
    event_sequence = models.BigIntegerField(null=True, help_text="Place in the audit log; empty: a test.")
    event = models.CharField(max_length=64)
    # Text, not JSON: what is signed are these bytes.
    body = models.TextField()
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, help_text="Empty: it's delivered or given up.")
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    # Each attempt as `{"at", "status", "error"}`, oldest first.
    log = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_sequence"], name="updates_delivery_once")
        ]
        indexes = [
            models.Index(fields=["due_at"], name="updates_delivery_due", condition=Q(due_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint_id}"


class WebhookPosition(models.Model):
    """Up to which place in the audit log messages were made. Exactly one row."""

    singleton = models.BooleanField(primary_key=True, default=True)
    sequence = models.BigIntegerField(default=-1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(singleton=True), name="updates_webhook_position_once")
        ]

    def __str__(self) -> str:
        return str(self.sequence)
