"""Signing keys. Private material rests sealed under the KEK and is never shown anywhere."""

from django.db import models
from django.db.models import Q

from releaseconsole.kernel import clock, randomness
from signing.domain.lifecycle import KeyPurpose, KeyState


class SigningKey(models.Model):
    """One key: one purpose, one app (empty: the console itself), exactly one algorithm (RFC 8725bis)."""

    id = models.UUIDField(primary_key=True, default=randomness.uuid4, editable=False)
    purpose = models.CharField(
        max_length=32, choices=[(p.value, p.value.replace("_", " ")) for p in KeyPurpose], editable=False
    )
    app_id = models.CharField(max_length=155, blank=True, editable=False)
    algorithm = models.CharField(max_length=16, editable=False)
    epoch = models.PositiveIntegerField(editable=False, help_text="1 for the first key of its kind.")
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value.replace("_", "-")) for s in KeyState], editable=False
    )
    kid = models.CharField(
        max_length=43,
        unique=True,
        editable=False,
        # A thumbprint of a symmetric key would publish a hash of the secret.
        help_text="RFC 7638 thumbprint; random for a symmetric key.",
    )
    # Empty for symmetric keys: they have no public part.
    public_jwk = models.JSONField(null=True, editable=False)
    backend = models.CharField(max_length=16, editable=False)
    sealed_private = models.TextField(editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    activated_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["app_id", "purpose", "-epoch"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["purpose", "app_id", "epoch"], name="signing_key_epoch_once"),
            models.UniqueConstraint(
                fields=["purpose", "app_id"],
                condition=Q(state=KeyState.ACTIVE.value),
                name="signing_key_one_active",
            ),
            models.CheckConstraint(
                condition=Q(purpose=KeyPurpose.RELEASE_TOKEN.value) ^ Q(app_id=""),
                name="signing_key_app_by_purpose",
            ),
            models.CheckConstraint(
                condition=~Q(state=KeyState.ACTIVE.value) | Q(activated_at__isnull=False),
                name="signing_key_active_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.app_id or 'console'} #{self.epoch} ({self.kid[:8]}…)"
