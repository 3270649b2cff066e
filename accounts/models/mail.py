"""Letters that wait to be sent: written with what they are about, sent once it's committed."""

from typing import Final

from django.db import models

from accounts.models.people import User
from releaseconsole.kernel import clock, randomness, sealing

LONGEST_SUBJECT: Final = 200


class Letter(models.Model):
    """One mail, kept until it's sent; to a person of the console then as the record that it was."""

    id = models.UUIDField(primary_key=True, default=randomness.uuid4, editable=False)
    # Null: to somebody who isn't one of the console's people, such as a beta tester.
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="letters")
    address = models.EmailField(max_length=254, help_text="Theirs, when it was written.")
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    body = models.TextField(help_text="Sealed, and empty once it's sent, where it holds a link that lets in.")
    is_secret = models.BooleanField(default=False)
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

    def body_set(self, body: str) -> None:
        """Keep the body (unsaved); whoever reads the database can't use the link in a secret one."""
        self.body = (
            sealing.kek_current().seal(body.encode(), context=self.body_context()) if self.is_secret else body
        )

    def body_read(self) -> str:
        """Open the body."""
        if not self.is_secret:
            return self.body
        return sealing.kek_current().unseal(self.body, context=self.body_context()).decode()

    def body_context(self) -> str:
        """What the sealed body is bound to."""
        return f"letter:{self.pk}"
