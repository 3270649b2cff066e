"""Letters to who makes a privacy request: sealed until they are out, and on record after that."""

import json
from dataclasses import asdict, dataclass
from typing import Final

from django.db import models
from django.db.models import Q

from compliance.desk.domain.request_letters import RequestLetterKind
from compliance.desk.models.requests import PrivacyRequest
from releaseconsole.kernel import sealing


class LetterState(models.TextChoices):
    """Where a letter is."""

    WAITING = "waiting", "waits to be sent by e-mail"
    TO_PRINT = "to_print", "to be printed"
    UNDELIVERED = "undelivered", "no mail server took it: to be printed"
    SENT = "sent", "sent by e-mail"
    POSTED = "posted", "printed and posted"


# What only a person can get out of the house.
TO_PRINT: Final = (LetterState.TO_PRINT, LetterState.UNDELIVERED)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What of a letter rests sealed: all that is personal about it.

    Attributes:
        address: Where it goes by e-mail; empty: it's printed.
        reach: Name, postal address and phone, line by line.
        subject: Its first line.
        body: The rest.
    """

    address: str
    reach: str
    subject: str
    body: str


class PrivacyLetter(models.Model):
    """One letter. It outlives who asked, who is forgotten with the answer, until it has left the house."""

    request = models.ForeignKey(PrivacyRequest, on_delete=models.CASCADE, related_name="outgoing")
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12, choices=LetterState.choices)
    sealed_letter = models.TextField(blank=True)
    written_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True, help_text="When it left the house.")

    class Meta:
        default_permissions = ()
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in RequestLetterKind]),
                name="desk_privacy_letter_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LetterState.values), name="desk_privacy_letter_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "posted"], settled_at__isnull=False, sealed_letter="")
                | Q(state__in=["waiting", "to_print", "undelivered"], settled_at__isnull=True)
                & ~Q(sealed_letter=""),
                name="desk_privacy_letter_out_forgets",
            ),
        ]
        indexes = [
            models.Index(
                fields=["attempted_at", "written_at"],
                condition=Q(state="waiting"),
                name="desk_privacy_letter_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.request_id}"

    @property
    def is_to_be_printed(self) -> bool:
        """Whether somebody has to print and post it."""
        return self.state in TO_PRINT

    def letter_context(self) -> str:
        """What the sealed letter is bound to."""
        return f"privacy-letter:{self.request_id}:{self.kind}"

    def letter_set(self, letter: Sealed) -> None:
        """Keep it (unsaved)."""
        text = json.dumps(asdict(letter), ensure_ascii=False, sort_keys=True)
        self.sealed_letter = sealing.kek_current().seal(text.encode(), context=self.letter_context())

    def letter_read(self) -> Sealed:
        """Open it; there's nothing to open once it's out."""
        opened = sealing.kek_current().unseal(self.sealed_letter, context=self.letter_context())
        return Sealed(**json.loads(opened))
