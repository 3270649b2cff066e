"""Confirmations of single operations."""

from django.db import models

from accounts.domain.operations import LONGEST_NAME
from accounts.models.people import User
from releaseconsole.kernel import randomness


class StepUp(models.Model):
    """A person's confirmation of one operation by a code or an assertion: used once, here, within minutes."""

    id = models.UUIDField(primary_key=True, default=randomness.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="step_ups")
    operation = models.CharField(max_length=LONGEST_NAME)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the operation, in hex.")
    authenticator = models.CharField(max_length=100, help_text="As django-otp names it.")
    code_step = models.BigIntegerField(
        null=True, help_text="Time step of the code; no two step-ups have one code."
    )
    challenge = models.CharField(  # noqa: DJ001 (unique where there is one)
        max_length=64, null=True, unique=True, help_text="SHA-256 of what a security key signed instead."
    )
    context = models.CharField(max_length=64, help_text="Where: hash of the session key, or command-line.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("authenticator", "code_step", name="accounts_step_up_code_once"),
            models.CheckConstraint(
                condition=models.Q(code_step=None, challenge__isnull=False)
                | models.Q(code_step__isnull=False, challenge=None),
                name="accounts_step_up_one_proof",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="accounts_step_up_expires"
            ),
            models.CheckConstraint(
                condition=models.Q(used_at=None)
                | models.Q(used_at__gte=models.F("created_at"), used_at__lt=models.F("expires_at")),
                name="accounts_step_up_used_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} ({self.digest[:12]}…)"
