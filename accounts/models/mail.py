"""Letters that wait to be sent: written with what they are about, sent once it's committed."""

from django.db import models

from accounts.models.people import User
from releaseconsole.kernel import clock, randomness


class Letter(models.Model):
    """One mail to one person, kept until it's sent, then as the record that it was."""

    id = models.UUIDField(primary_key=True, default=randomness.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="letters")
    address = models.EmailField(max_length=254, help_text="Theirs, when it was written.")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["written_at"]
        indexes = [
            models.Index(
                fields=["attempted_at", "written_at"],
                condition=models.Q(sent_at=None),
                name="accounts_letter_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.subject
