"""Failed attempts to sign in, counted where they come from."""

from django.db import models

from accounts.domain.throttling import Scope
from accounts.models.people import User


class FailedAttempts(models.Model):
    """Failures in a row in one place. Addresses aren't in it: the key is an HMAC of them."""

    key = models.CharField(max_length=64, primary_key=True, help_text="HMAC of scope and place.")
    scope = models.CharField(max_length=20, choices=[(scope.value, scope.value) for scope in Scope])
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="failed_attempts")
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["last_at"], condition=models.Q(person=None), name="accounts_attempts_old")
        ]

    def __str__(self) -> str:
        return f"{self.failures} failures ({self.scope})"
