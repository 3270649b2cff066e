"""Apps and their channels."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from releaseconsole.kernel import clock
from updates.domain.channel_rules import GuardAction, UpdatePolicy
from updates.domain.custom_ids import CustomIdPolicy
from updates.domain.optional_telemetry import TelemetryPolicy


class App(models.Model):
    """One Capacitor app, known by its reverse-domain id for ever."""

    app_id = models.CharField(max_length=155, primary_key=True)
    name = models.CharField(max_length=120)
    platforms = models.JSONField(default=list, help_text="Platforms it ships on.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    last_release_seq = models.BigIntegerField(default=0, editable=False)
    last_live_seq = models.BigIntegerField(default=0, db_default=0, editable=False)
    # Where a publication goes that names no channel (CI). Which one devices get is the channels' `public`.
    default_channel = models.ForeignKey(
        "updates.Channel", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    shutoff_at = models.DateTimeField(null=True, editable=False, help_text="Since when nobody gets anything.")
    shutoff_reason = models.CharField(max_length=500, blank=True, db_default="", editable=False)
    custom_id_policy = models.CharField(
        max_length=8,
        choices=[(each.value, each.value) for each in CustomIdPolicy],
        default=CustomIdPolicy.OFF.value,
        db_default=CustomIdPolicy.OFF.value,
        help_text="What is kept of the ids that the app gives devices; they may name people.",
    )
    sealed_custom_id_key = models.TextField(
        blank=True, db_default="", editable=False, help_text="What hashes them, sealed under the KEK."
    )
    telemetry_policy = models.CharField(
        max_length=8,
        choices=[(each.value, each.value) for each in TelemetryPolicy],
        default=TelemetryPolicy.ON.value,
        db_default=TelemetryPolicy.ON.value,
        help_text="When the details of devices' reports are kept.",
    )
    telemetry_text_version = models.CharField(
        max_length=16, blank=True, db_default="", help_text="Of the text by which people agree to that."
    )
    # What audiences may ask about, as `[{"name", "values"}]`: a device's other attributes are dropped unread.
    attributes = models.JSONField(default=list, db_default=[])

    class Meta:
        ordering = ["name"]
        constraints = [
            # A key that hashes nothing any more is gone: then no earlier hash can be told to be somebody's.
            models.CheckConstraint(
                condition=Q(custom_id_policy__in=["off", "allowed"], sealed_custom_id_key="")
                | (Q(custom_id_policy="hashed") & ~Q(sealed_custom_id_key="")),
                name="updates_app_custom_id_key",
            ),
            models.CheckConstraint(
                condition=~Q(telemetry_policy="consent") | ~Q(telemetry_text_version=""),
                name="updates_app_consent_to_a_text",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def custom_id_key_context(self) -> str:
        """What the sealed key is bound to."""
        return f"custom-ids:{self.pk}"


class Channel(models.Model):
    """A named stream of releases. `decision_seq` rises with every change of what it serves."""

    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="channels")
    name = models.CharField(max_length=64)
    public = models.BooleanField(
        default=False,
        help_text="Devices that ask for no channel get this one; one public channel per platform.",
    )
    self_assignable = models.BooleanField(default=False, help_text="Any device may ask for this channel.")
    platforms = models.JSONField(default=list, help_text="Platforms it serves.")
    # Set by a rollback to the store's own bundle; a full publish clears it.
    serves_builtin = models.BooleanField(default=False, editable=False)
    decision_seq = models.BigIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    allow_emulator = models.BooleanField(default=True, db_default=True)
    allow_development = models.BooleanField(default=True, db_default=True)
    allow_production = models.BooleanField(default=True, db_default=True)
    native_min = models.CharField(max_length=32, blank=True, db_default="")
    native_max = models.CharField(max_length=32, blank=True, db_default="")
    update_policy = models.CharField(
        max_length=8,
        choices=[(p.value, p.value) for p in UpdatePolicy],
        default=UpdatePolicy.NONE.value,
        db_default=UpdatePolicy.NONE.value,
        help_text="Which differences to the native version only the store may bridge.",
    )
    blocks_under_native = models.BooleanField(
        default=False, db_default=False, help_text="Offer no bundle whose version is below the native one."
    )
    store_update_required = models.BooleanField(
        default=False, db_default=False, help_text="Tell devices below the least native version to update."
    )
    paused_at = models.DateTimeField(null=True, editable=False, help_text="Since when it offers nothing new.")
    shutoff_at = models.DateTimeField(null=True, editable=False, help_text="Since when it serves nobody.")
    shutoff_reason = models.CharField(max_length=500, blank=True, db_default="", editable=False)
    # A preview: for testers only, over at a time, named after a pull request.
    preview_of = models.CharField(max_length=120, blank=True, db_default="", editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    sign_off_version = models.BigIntegerField(default=1, db_default=1, editable=False)

    guard_action = models.CharField(
        max_length=12,
        choices=[(a.value, a.value.replace("_", " ")) for a in GuardAction],
        default=GuardAction.NONE.value,
        db_default=GuardAction.NONE.value,
    )
    guard_failure_bps = models.PositiveIntegerField(
        default=500, db_default=500, help_text="Failure rate that is too high, in basis points."
    )
    guard_min_devices = models.PositiveIntegerField(
        default=50, db_default=50, help_text="Fewer devices than these say nothing."
    )
    guard_window_minutes = models.PositiveIntegerField(default=60, db_default=60)
    retention_days = models.PositiveIntegerField(
        null=True, help_text="How long files of releases that are over are kept; empty: for ever."
    )

    class Meta:
        ordering = ["app_id", "name"]
        constraints = [
            models.UniqueConstraint(fields=["app", "name"], name="updates_channel_once"),
            models.CheckConstraint(condition=Q(decision_seq__gte=1), name="updates_channel_seq_positive"),
            models.CheckConstraint(
                condition=Q(guard_failure_bps__gte=1, guard_failure_bps__lte=10_000),
                name="updates_guard_rate_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(retention_days=None) | Q(retention_days__gte=1), name="updates_retention_positive"
            ),
            # A preview is for testers: never what strangers get, and it always ends.
            models.CheckConstraint(
                condition=Q(preview_of="") | Q(public=False, self_assignable=False, expires_at__isnull=False),
                name="updates_preview_is_private",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.app_id} · {self.name}"


class ChannelFreeze(models.Model):
    """A time in which nothing goes live on a channel, except what makes things safer."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="freezes")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    repeats_weekly = models.BooleanField(default=False)
    # In which a weekly freeze keeps its hour when the clocks change (IANA name).
    zone = models.CharField(max_length=64, default="UTC")
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="updates_freeze_has_length"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.starts_at:%Y-%m-%d}: {self.reason}"


class ChannelMember(models.Model):
    """A device that belongs to a channel by somebody's decision (a tester's phone)."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="members")
    # The app once more, so that the database itself refuses a device in two channels of one app.
    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="+")
    device_id = models.CharField(max_length=64)
    added_at = models.DateTimeField(default=clock.now)
    # Empty: somebody of the console added it by hand. With the tester the membership goes.
    tester_device = models.OneToOneField(
        "updates.TesterDevice", on_delete=models.CASCADE, null=True, related_name="membership"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["app", "device_id"], name="updates_member_one_channel")
        ]

    def __str__(self) -> str:
        return f"{self.device_id} in {self.channel}"
