"""Who was erased and stays so: keyed hashes of what they were known by (11 CCR 7022(e), 7101(e))."""

from django.db import models
from django.db.models import F, Q

from releaseconsole.personal_data import IdentifierKind


class SuppressionKey(models.Model):
    """A key of hashes, sealed under the KEK. Usually one; a restore may bring back an earlier one.

    Its copy rests in the file outside the database, so that a restored database still knows what it hashed.
    """

    key_id = models.CharField(primary_key=True, max_length=16)
    sealed_key = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["made_at", "key_id"]

    def __str__(self) -> str:
        return f"suppression key {self.key_id}"

    def key_context(self) -> str:
        """What the sealed key is bound to."""
        return f"desk-suppression-key:{self.key_id}"


class SuppressedSubject(models.Model):
    """One identifier of somebody who was erased, as its HMAC-SHA-256; kept so that it stays erased."""

    key = models.ForeignKey(SuppressionKey, on_delete=models.PROTECT, related_name="subjects")
    kind = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    request = models.CharField(max_length=32, help_text="Reference of the request that asked for it.")
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, help_text="When they came back by their own will.")

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["digest", "key"], name="desk_suppressed_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in IdentifierKind]),
                name="desk_suppressed_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | Q(lifted_at__gte=F("since")),
                name="desk_suppressed_lifted_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.request}"
