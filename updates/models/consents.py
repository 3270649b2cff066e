"""Who agreed to what, when, and until when: testers to a beta's notice, devices to optional telemetry."""

from django.db import models
from django.db.models import F, Q

from updates.models.apps import App
from updates.models.testers import Tester


class ConsentRecord(models.Model):
    """One consent. It's never changed but to be withdrawn; another one is another record.

    A tester's goes with the tester, one of a device that stands with the device, and one that ended after
    `CONSENT_KEEP_DAYS`. The audit log has that a tester joined and left, by number.
    """

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="consents", db_index=False)
    # Exactly one of these: who agreed.
    tester = models.ForeignKey(Tester, on_delete=models.CASCADE, null=True, related_name="consents")
    device_id = models.CharField(max_length=64, blank=True)
    text_version = models.CharField(max_length=16, help_text="Of what they agreed to.")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(
        max_length=8,
        blank=True,
        choices=[(how, how) for how in ("person", "team", "signal", "renewed")],
        help_text="Themselves, the team, Global Privacy Control, or a consent to another text.",
    )

    class Meta:
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(tester=None) & ~Q(device_id="") | Q(tester__isnull=False, device_id=""),
                name="updates_consent_of_one",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by="")
                | Q(withdrawn_at__isnull=False, withdrawn_at__gte=F("given_at")) & ~Q(withdrawn_by=""),
                name="updates_consent_withdrawn_later",
            ),
            models.CheckConstraint(condition=~Q(text_version=""), name="updates_consent_names_its_text"),
            models.UniqueConstraint(
                fields=["tester"], condition=Q(withdrawn_at=None), name="updates_consent_of_tester_once"
            ),
            models.UniqueConstraint(
                fields=["app", "device_id"],
                condition=Q(withdrawn_at=None) & ~Q(device_id=""),
                name="updates_consent_of_device_once",
            ),
        ]
        indexes = [models.Index(fields=["app", "device_id"], name="updates_consent_by_device")]

    def __str__(self) -> str:
        return f"{self.text_version} by {self.device_id or self.tester}"
