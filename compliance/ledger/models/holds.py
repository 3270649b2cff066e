"""Legal holds: what somebody may have to show in court isn't erased, whatever else asks for it."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q

from compliance.ledger.errors import LedgerError


class HoldScope(models.TextChoices):
    """What a hold covers."""

    EVERYTHING = "everything", "everything"
    APP = "app", "all about one app"
    PERSON = "person", "what one person did, and what was done to them"
    OBJECT = "object", "all about one thing"


class LegalHold(models.Model):
    """Keeps the content and the personal values of the events that it covers until it's lifted.

    Triggers see to it: it's placed, lifted once, and otherwise neither changed nor deleted. While it stands,
    nothing that it covers is deleted, by permit or not.
    """

    scope = models.CharField(max_length=16, choices=HoldScope.choices)
    app_id = models.CharField(max_length=155, blank=True)
    # As in events. A person is a `person` of the console or a `tester`.
    object_type = models.CharField(max_length=32, blank=True)
    object_id = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500)
    placed_by = models.CharField(max_length=64)
    placed_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=64, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_reason = models.CharField(max_length=500, blank=True)

    # No columns: pages that show names fill them.
    placed_by_name: str
    lifted_by_name: str

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="everything", app_id="", object_type="", object_id="")
                | (Q(scope="app", object_type="", object_id="") & ~Q(app_id=""))
                | (Q(scope="person", app_id="", object_type__in=("person", "tester")) & ~Q(object_id=""))
                | (Q(scope="object") & ~Q(object_type="") & ~Q(object_id="")),
                name="ledger_hold_covers_what_it_says",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="ledger_hold_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by="", lifted_reason="")
                | (Q(lifted_at__gte=F("placed_at")) & ~Q(lifted_by="") & ~Q(lifted_reason="")),
                name="ledger_hold_lifted_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"

    @property
    def covers(self) -> str:
        """What it covers, in words."""
        thing = f"{self.object_type.replace('_', ' ')} {self.object_id}"
        return {
            HoldScope.EVERYTHING: "Everything",
            HoldScope.APP: f"All about the app {self.app_id}",
            HoldScope.PERSON: f"What {thing} did, and what was done to them",
            HoldScope.OBJECT: f"All about {thing}" + (f" of {self.app_id}" if self.app_id else ""),
        }[HoldScope(self.scope)]

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002 (refused whatever it carries)
        """Refuse.

        Raises:
            LedgerError: Always.
        """
        raise LedgerError("A legal hold is lifted, never deleted.")
