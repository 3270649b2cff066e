"""Which jobs of which CI may publish an app."""

from django.db import models
from django.db.models.functions import Lower

from accounts.domain.publishers import PUBLISHER_WORDS, PublisherKind, PublisherTerms
from accounts.models.people import User


class TrustedPublisher(models.Model):
    """A CI job whose tokens are exchanged for API tokens of one app (`accounts.domain.publishers`)."""

    app_id = models.CharField(max_length=155)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in PublisherKind])
    issuer = models.CharField(max_length=255)
    owner = models.CharField(max_length=255)
    repository = models.CharField(max_length=100)
    workflow = models.CharField(max_length=255)
    environment = models.CharField(max_length=255, blank=True)
    ref = models.CharField(max_length=255, blank=True)
    protected_only = models.BooleanField(default=False)
    owner_id = models.CharField(max_length=20, blank=True, help_text="Empty until the first token.")
    channels = models.JSONField(default=list, help_text="On which it may publish.")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="trusted_publishers")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                "app_id",
                "issuer",
                Lower("owner"),
                Lower("repository"),
                "workflow",
                "environment",
                "ref",
                condition=models.Q(removed_at=None),
                name="accounts_publisher_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in PublisherKind]),
                name="accounts_publisher_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner}/{self.repository} {self.workflow}"

    @property
    def terms(self) -> PublisherTerms:
        """What its tokens must say, and what they get."""
        return PublisherTerms(
            kind=PublisherKind(self.kind),
            issuer=self.issuer,
            owner=self.owner,
            repository=self.repository,
            workflow=self.workflow,
            environment=self.environment,
            ref=self.ref,
            protected_only=self.protected_only,
            owner_id=self.owner_id,
            channels=tuple(self.channels),
        )

    @property
    def kind_words(self) -> str:
        """Its CI, as people call it."""
        return PUBLISHER_WORDS[PublisherKind(self.kind)]
