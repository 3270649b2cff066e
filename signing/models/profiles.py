"""What an app's tokens may carry, how they are signed, and to whom delicate ones are encrypted."""

from django.db import models
from django.db.models import Q

from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.claim_class import ClaimClass, ClaimType


class TokenProfile(models.Model):
    """An app as signing knows it: by its id; the row exists as long as the app does."""

    app_id = models.CharField(max_length=155, primary_key=True)
    algorithm = models.CharField(max_length=16, default=Algorithm.ES256.value)
    backend_algorithm = models.CharField(max_length=16, default=Algorithm.HS256.value)
    issues_backend_tokens = models.BooleanField(default=False)
    handles_phi = models.BooleanField(default=False)
    # When that last became untrue: what the audit log had of the app by then keeps the term of PHI.
    phi_lowered_at = models.DateTimeField(null=True, editable=False)
    encrypts_personal = models.BooleanField(default=False)
    devices_may_register = models.BooleanField(default=False)
    root_is_offline = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(app_id=""), name="signing_profile_of_an_app"),
            # Whoever can verify an HMAC can forge it: a device must never hold such a secret.
            models.CheckConstraint(
                condition=~Q(algorithm=Algorithm.HS256.value), name="signing_profile_no_hmac_for_devices"
            ),
        ]

    def __str__(self) -> str:
        return f"token profile of {self.app_id}"


class ClaimDefinition(models.Model):
    """One custom claim (`ext`) that an app's tokens may carry; a claim without a definition is refused."""

    profile = models.ForeignKey(TokenProfile, on_delete=models.CASCADE, related_name="claims")
    name = models.CharField(max_length=64)
    # Empty: not classified yet.
    claim_class = models.CharField(
        max_length=16, blank=True, choices=[(c.value, c.value) for c in ClaimClass]
    )
    claim_type = models.CharField(max_length=16, choices=[(t.value, t.value) for t in ClaimType])
    # A value that every token of the app carries, devices' among them; null: the caller passes one.
    fixed_value = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "name"], name="signing_claim_once"),
            models.CheckConstraint(
                condition=~Q(claim_class=ClaimClass.PERSONAL.value) | Q(fixed_value__isnull=True),
                name="signing_claim_personal_is_passed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.claim_class or 'unclassified'})"


class RecipientKey(models.Model):
    """A public key to which tokens are encrypted: a device's, or (empty `device_id`) the app's back end's."""

    profile = models.ForeignKey(TokenProfile, on_delete=models.CASCADE, related_name="recipients")
    device_id = models.CharField(max_length=64, blank=True)
    kid = models.CharField(max_length=43)
    algorithm = models.CharField(max_length=32)
    jwk = models.JSONField()
    registered_at = models.DateTimeField(default=clock.now, editable=False)
    registered_by = models.CharField(max_length=32, help_text="device, or kind and id of who did.")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "device_id"],
                condition=Q(removed_at__isnull=True),
                name="signing_recipient_one_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_id or 'back end'} {self.kid[:8]}…"
