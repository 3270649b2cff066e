"""The PHI register: what was measured, and what people declared. Rows are added and never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from compliance.desk.domain.phi.status import PHIStatus


class MeasurementKind(models.TextChoices):
    """What the console looks at by itself."""

    TLS = "tls", "TLS under the public address"
    STORAGE = "storage", "Storage"
    TOKENS = "tokens", "Encrypted tokens"


class PHIMeasurement(models.Model):
    """What the console found when it looked, and when that was."""

    kind = models.CharField(max_length=8, choices=MeasurementKind.choices)
    at = models.DateTimeField()
    facts = models.JSONField(help_text="In the order in which they are shown: `[name, value, is it good]`.")
    is_good = models.BooleanField()

    class Meta:
        default_permissions = ()
        ordering = ["-at"]
        indexes = [models.Index(fields=["kind", "-at"], name="desk_phi_latest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class DeclarationSubject(models.TextChoices):
    """What somebody can declare, since nothing can measure it."""

    APP = "app", "App"
    BUNDLE = "bundle", "Bundle"
    STORAGE = "storage", "Storage"


class PHIDeclaration(models.Model):
    """What a person says: that something holds no PHI, or how it is protected. The newest counts.

    An app that handles PHI says so by its token profile, and what is measured needs nobody's word.
    """

    subject = models.CharField(max_length=8, choices=DeclarationSubject.choices)
    app_id = models.CharField(max_length=155, blank=True)
    key = models.CharField(max_length=64, blank=True, help_text="A bundle's SHA-256, or the kind of storage.")
    status = models.CharField(max_length=8, choices=[(s.value, s.value) for s in PHIStatus])
    statement = models.CharField(max_length=500)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-declared_at"]
        indexes = [
            models.Index(fields=["subject", "app_id", "key", "-declared_at"], name="desk_phi_declared")
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(statement=""), name="desk_phi_declaration_says_why"),
            models.CheckConstraint(
                condition=Q(subject="app", key="") & ~Q(app_id="")
                | Q(subject="bundle") & ~Q(app_id="") & ~Q(key="")
                | Q(subject="storage", app_id="") & ~Q(key=""),
                name="desk_phi_declaration_names_it",
            ),
            # Nobody declares an app's PHI away while its profile says otherwise; "yes" is the profile's word.
            models.CheckConstraint(
                condition=~Q(subject="app") | ~Q(status="yes"), name="desk_phi_app_yes_is_profiles"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.app_id} {self.key}: {self.status}"
