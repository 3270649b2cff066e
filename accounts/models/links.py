"""Links that let a person in or back in, and the wishes for them."""

from datetime import datetime

from django.db import models

from accounts.models.people import User
from releaseconsole.kernel import clock, randomness


class PersonLink(models.Model):
    """A one-time link for one person; only its hash is kept, and of each purpose one is open at a time."""

    class Purpose(models.TextChoices):
        """What its holder may do: choose their first password, or another one."""

        INVITE = "invite"
        RESET = "reset"

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="When it was used, revoked or replaced.")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=models.Q(ended_at=None),
                name="accounts_person_link_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="accounts_person_link_expires"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.created_at:%Y-%m-%d}"

    def is_usable(self, now: datetime) -> bool:
        """Whether it can still be used."""
        return self.ended_at is None and now < self.expires_at


class ResetWish(models.Model):
    """Somebody asked for a reset: written for known and unknown addresses alike, answered afterwards."""

    id = models.UUIDField(primary_key=True, default=randomness.uuid4, editable=False)
    email = models.EmailField(max_length=254)
    asked_at = models.DateTimeField(default=clock.now)

    class Meta:
        default_permissions = ()
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return str(self.pk)
