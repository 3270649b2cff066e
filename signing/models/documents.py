"""Signed documents that clients take their trust from."""

from django.db import models
from django.db.models import Q

from releaseconsole.kernel import clock


class DocumentType(models.TextChoices):
    """Which document of the trust chain it is."""

    DELEGATION = "delegation"
    TRUST = "trust"
    ROOT_ROTATION = "root_rotation"


class TrustDocument(models.Model):
    """A document of an app's trust chain: the current one of each kind, and all root rotations."""

    app_id = models.CharField(max_length=155)
    document_type = models.CharField(max_length=16, choices=DocumentType.choices)
    version = models.PositiveBigIntegerField()
    # Compact JWS; a root rotation has two, by the old and by the new root, over the same claims.
    signed = models.TextField()
    signed_by_new = models.TextField(blank=True)
    signer_kid = models.CharField(max_length=43)
    # SHA-256 of what the claims rest on: another one now means that it has to be signed again.
    content_sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    # Its signer was revoked: it is out of use until it is signed again.
    is_void = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["app_id", "document_type"],
                condition=~Q(document_type="root_rotation"),
                name="signing_document_one_current",
            ),
            models.UniqueConstraint(
                fields=["app_id", "document_type", "version"], name="signing_document_version_once"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("signed_at")), name="signing_document_expires"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_type} {self.version} of {self.app_id}"
