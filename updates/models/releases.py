"""Stored archives, bundles and releases."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from releaseconsole.kernel import clock
from updates.domain.release_state import ReleaseState
from updates.domain.rollout import BASIS_POINTS
from updates.models.apps import App, Channel


class StoredArchive(models.Model):
    """A zip kept once under its SHA-256, whichever apps and versions name it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    stored_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="updates_archive_not_empty")]

    def __str__(self) -> str:
        return self.sha256[:12]


class Bundle(models.Model):
    """One version of an app's web content. Immutable; a version is never reused for other content."""

    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="bundles")
    version = models.CharField(max_length=64)
    archive = models.ForeignKey(StoredArchive, on_delete=models.PROTECT, related_name="bundles")
    file_count = models.PositiveIntegerField()
    unpacked_size = models.BigIntegerField()
    # Files as `[{"path", "sha256", "size"}]` in path order; its canonical JSON hashes to `manifest_sha256`.
    manifest = models.JSONField()
    manifest_sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(default=clock.now)
    uploaded_by = models.CharField(max_length=80, help_text="The actor, as the audit log names it.")

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [models.UniqueConstraint(fields=["app", "version"], name="updates_version_once")]

    def __str__(self) -> str:
        return self.version


class Release(models.Model):
    """This bundle, on this channel, for these devices, at this rollout."""

    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="releases")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="releases")
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="releases")
    release_seq = models.BigIntegerField(help_text="Number within the app; identifies, never compared.")
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value.replace("_", " ")) for s in ReleaseState]
    )
    rollout_bps = models.PositiveIntegerField(
        default=BASIS_POINTS, help_text="Share of devices, in basis points."
    )
    # A salt of its own, so that the same devices aren't always first (hex of 128 bits).
    rollout_salt = models.CharField(max_length=32)
    native_min = models.CharField(max_length=32, blank=True, help_text="Least native version, inclusive.")
    native_max = models.CharField(max_length=32, blank=True, help_text="Greatest native version, inclusive.")
    notes = models.TextField(blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-release_seq"]
        constraints = [
            models.UniqueConstraint(fields=["app", "release_seq"], name="updates_release_seq_once"),
            models.CheckConstraint(
                condition=Q(rollout_bps__lte=BASIS_POINTS), name="updates_rollout_in_bounds"
            ),
            # At most one full release is live on a channel; partial ones lie on top of it.
            models.UniqueConstraint(
                fields=["channel"],
                condition=Q(state=ReleaseState.LIVE.value, rollout_bps=BASIS_POINTS),
                name="updates_one_full_release",
            ),
        ]
        indexes = [models.Index(fields=["channel", "state"], name="updates_release_by_state")]

    def __str__(self) -> str:
        return f"{self.bundle.version} on {self.channel.name} (#{self.release_seq})"
