"""Devices as they last reported themselves, what they reported, and how far the stream was drained.

These tables grow with the fleet and are written in bulk, so each index is one that a page or the drain needs.
Foreign keys to the app have none of their own: another index or constraint of each table begins with the app.
"""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from updates.domain.outcomes import TAKEN_BACK, Outcome
from updates.models.apps import App, Channel
from updates.models.releases import Release

# The outcomes whose device isn't offered the version again.
BLOCKS: Final = Q(outcome=Outcome.FAILED.value, reason__in=sorted(TAKEN_BACK), allowed_at=None)


class Device(models.Model):
    """One installation of an app. Everything but the id is what the device last said; nothing is proven."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="devices", db_index=False)
    device_id = models.CharField(max_length=64)
    platform = models.CharField(max_length=16, blank=True)
    version = models.CharField(max_length=64, blank=True, help_text="Bundle it runs; empty: built in.")
    native_version = models.CharField(max_length=32, blank=True)
    plugin_version = models.CharField(max_length=32, blank=True)
    os_version = models.CharField(max_length=32, blank=True)
    channel_name = models.CharField(max_length=64, blank=True, help_text="Channel it was last served from.")
    is_emulator = models.BooleanField(default=False)
    is_production = models.BooleanField(default=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    # When `version` was told, by our clock: what arrives late and is older doesn't turn it back.
    version_at = models.DateTimeField(null=True)
    # When a check last told its channel, by our clock; an event that came in between dates `version` alone.
    checked_at = models.DateTimeField(null=True)
    # Kept only as the app says (`App.custom_id_policy`), in clear or as a keyed hash: it may name a person.
    custom_id = models.CharField(max_length=64, blank=True, db_default="")
    # Those of the app's allow-list alone.
    attributes = models.JSONField(default=dict, db_default={})
    has_way_back = models.BooleanField(
        default=True, db_default=True, help_text="Whether its plugin can go back to the built-in bundle."
    )

    class Meta:
        constraints = [
            # Compared byte by byte, so that PostgreSQL also finds beginnings of ids by it.
            models.UniqueConstraint(
                fields=["app", "device_id"],
                name="updates_device_once",
                opclasses=["varchar_pattern_ops", "varchar_pattern_ops"],
            )
        ]
        indexes = [
            # Holds all that figures of active devices read, so that they are counted without the rows.
            models.Index(
                fields=["app", "-last_seen_at", "channel_name", "version", "platform", "version_at"],
                name="updates_device_by_last_seen",
            ),
            models.Index(fields=["app", "version"], name="updates_device_by_version"),
            models.Index(
                fields=["app", "custom_id"], name="updates_device_by_custom_id", condition=~Q(custom_id="")
            ),
        ]

    def __str__(self) -> str:
        return self.device_id


class DeviceEvent(models.Model):
    """One reported event, once: the key is the SHA-256 over device, action, version and time."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="events", db_index=False)
    dedupe_key = models.CharField(max_length=64)
    device_id = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    version = models.CharField(max_length=64, blank=True)
    old_version = models.CharField(max_length=64, blank=True)
    channel_name = models.CharField(max_length=64, blank=True)
    platform = models.CharField(max_length=16, blank=True)
    detail = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        # Not `unique=True`: on PostgreSQL that makes a second index, for LIKE, as large as the first.
        constraints = [models.UniqueConstraint(fields=["dedupe_key"], name="updates_event_once")]
        indexes = [models.Index(fields=["app", "device_id", "-received_at"], name="updates_event_by_device")]

    def __str__(self) -> str:
        return f"{self.action} {self.version}"


class InstallOutcome(models.Model):
    """What became of one version on one device, by its own word (rules: `updates/domain/outcomes.py`)."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="outcomes", db_index=False)
    device_id = models.CharField(max_length=64)
    version = models.CharField(max_length=64)
    channel_name = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=16, choices=[(o.value, o.value) for o in Outcome])
    reason = models.CharField(max_length=64, blank=True, help_text="The failing action; empty: installed.")
    decided_at = models.DateTimeField(help_text="When the event that decided happened.")
    # Somebody let this device try the version again; a new failure clears it.
    allowed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["app", "device_id", "version"], name="updates_outcome_once")
        ]
        indexes = [
            models.Index(
                fields=["app", "version", "channel_name", "outcome", "reason"],
                name="updates_outcome_by_version",
            ),
            # Few rows: whether a version failed anywhere, and where, is asked whenever the table is built.
            models.Index(fields=["app", "version"], name="updates_outcome_blocks", condition=BLOCKS),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.outcome} on {self.device_id}"


class DeviceOverride(models.Model):
    """A device that is forced to a channel or a release until a time, whatever it asks for."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="overrides")
    device_id = models.CharField(max_length=64)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.CASCADE, null=True, related_name="+")
    until = models.DateTimeField()
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["app", "device_id"], name="updates_override_once"),
            models.CheckConstraint(
                condition=Q(channel__isnull=False, release=None) | Q(channel=None, release__isnull=False),
                name="updates_override_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} until {self.until:%Y-%m-%d}"


class HourlyRollup(models.Model):
    """How often something happened, per hour, channel and version.

    `action` is a reported action, or one of the drain's own countings (`updates/domain/rollups.py`).
    """

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="rollups", db_index=False)
    hour = models.DateTimeField()
    channel_name = models.CharField(max_length=64, blank=True)
    version = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=64)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["app", "hour", "channel_name", "version", "action"], name="updates_rollup_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["app", "version", "channel_name", "action"], name="updates_rollup_by_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.action} {self.hour:%Y-%m-%d %H}h: {self.count}"


class StreamPosition(models.Model):
    """The last entry of a Redis stream whose effect is committed; written in the same transaction."""

    stream = models.CharField(max_length=64, primary_key=True)
    last_id = models.CharField(max_length=32, default="0-0")

    def __str__(self) -> str:
        return f"{self.stream} at {self.last_id}"


class DecisionTableVersion(models.Model):
    """Counts changes of what devices are told; the truth behind the Redis counter. Exactly one row."""

    singleton = models.BooleanField(primary_key=True, default=True)
    version = models.BigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(singleton=True), name="updates_table_version_once")]

    def __str__(self) -> str:
        return str(self.version)
