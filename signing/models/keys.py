"""Signing keys. Private material rests sealed under the KEK, or in an HSM or KMS, and is never shown."""

from typing import Final

from django.db import models
from django.db.models import Q

from releaseconsole.kernel import clock, randomness
from signing.domain.lifecycle import CONSOLE_PURPOSES, SPENT_STATES, KeyPurpose, KeyState

_CONSOLE: Final = sorted(purpose.value for purpose in CONSOLE_PURPOSES)
_SPENT: Final = sorted(state.value for state in SPENT_STATES)
# Each state with the time at which it was entered.
_ENTERED: Final = (
    (KeyState.PREPUBLISHED, "published_at"),
    (KeyState.ACTIVE, "activated_at"),
    (KeyState.VERIFY_ONLY, "deactivated_at"),
    (KeyState.RETIRED, "retired_at"),
    (KeyState.SUSPENDED, "suspended_at"),
    (KeyState.COMPROMISED, "revoked_at"),
    (KeyState.DESTROYED, "destroyed_at"),
)


class SigningKey(models.Model):
    """One key: one purpose, one app (empty: the console itself), exactly one algorithm (RFC 8725bis).

    `id` is also the idempotency token with which a backend makes the key: asked twice, it makes one.
    """

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
    # Empty until the backend has made the key.
    kid = models.CharField(  # noqa: DJ001 (several keys may be without one, and "" would have to be unique)
        max_length=43,
        unique=True,
        null=True,
        editable=False,
        # A thumbprint of a symmetric key would publish a hash of the secret.
        help_text="RFC 7638 thumbprint; random for a symmetric key.",
    )
    # Empty for symmetric keys: they have no public part.
    public_jwk = models.JSONField(null=True, editable=False)
    backend = models.CharField(max_length=16, editable=False)
    sealed_private = models.TextField(blank=True, editable=False, help_text="Local backend only.")
    reference = models.CharField(
        max_length=200, blank=True, editable=False, help_text="Where an HSM or KMS keeps it; no secret."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    activated_at = models.DateTimeField(null=True, editable=False)
    deactivated_at = models.DateTimeField(null=True, editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)
    suspended_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    destroyed_at = models.DateTimeField(null=True, editable=False)
    private_destroyed_at = models.DateTimeField(null=True, editable=False)
    # On an active key: somebody asked that the next one takes over as soon as it may.
    rotation_requested_at = models.DateTimeField(null=True, editable=False)
    # On a key that is being made: what went wrong last.
    failure = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ["app_id", "purpose", "-epoch"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["purpose", "app_id", "epoch"], name="signing_key_epoch_once"),
            *(
                models.UniqueConstraint(
                    fields=["purpose", "app_id"],
                    condition=Q(state=state.value),
                    name=f"signing_key_one_{state.value}",
                )
                for state in (KeyState.GENERATING, KeyState.PREPUBLISHED, KeyState.ACTIVE)
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=_CONSOLE) & Q(app_id="") | ~Q(purpose__in=_CONSOLE) & ~Q(app_id=""),
                name="signing_key_app_by_purpose",
            ),
            *(
                models.CheckConstraint(
                    condition=~Q(state=state.value) | Q(**{f"{field}__isnull": False}),
                    name=f"signing_key_{state.value}_since",
                )
                for state, field in _ENTERED
            ),
            models.CheckConstraint(
                condition=Q(state__in=[KeyState.GENERATING.value, KeyState.DESTROYED.value])
                | Q(kid__isnull=False),
                name="signing_key_has_kid",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_SPENT) | Q(sealed_private="") & Q(private_destroyed_at__isnull=False),
                name="signing_key_spent_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.app_id or 'console'} #{self.epoch} ({self.key_id[:8]}…)"

    @property
    def key_id(self) -> str:
        """The `kid`, empty while the key is being made: whatever is in use has one, by constraint."""
        return self.kid or ""


class KeyUsage(models.Model):
    """What a key was used for, drained from Redis; apart from the key, which hardly ever changes.

    `*_seen` is how far Redis had counted at the last drain: Redis counts upwards, so nothing counts twice.
    """

    key = models.OneToOneField(SigningKey, on_delete=models.CASCADE, primary_key=True, related_name="usage")
    issued = models.PositiveBigIntegerField(default=0)
    issued_seen = models.PositiveBigIntegerField(default=0)
    verified = models.PositiveBigIntegerField(default=0)
    verified_seen = models.PositiveBigIntegerField(default=0)
    last_issued_at = models.DateTimeField(null=True)
    last_verified_at = models.DateTimeField(null=True)
    # Latest `exp` really signed: a key verifies until that has passed, whatever its schedule says.
    last_expires_at = models.DateTimeField(null=True)

    # Signatures a second that an HSM or KMS gave one process when the key was made; empty for local keys.
    ceiling_per_second = models.PositiveIntegerField(null=True)
    ceiling_measured_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ceiling_per_second__isnull=True, ceiling_measured_at__isnull=True)
                | Q(ceiling_per_second__isnull=False, ceiling_measured_at__isnull=False),
                name="signing_key_ceiling_is_dated",
            )
        ]

    def __str__(self) -> str:
        return f"use of {self.key_id}"


class KeySetVersion(models.Model):
    """Counts every change of what signs, verifies or is published; one row, for processes to watch."""

    singleton = models.BooleanField(primary_key=True, default=True)
    version = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(singleton=True), name="signing_key_set_version_once")
        ]

    def __str__(self) -> str:
        return f"key set {self.version}"
