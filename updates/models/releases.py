"""Stored archives, bundles and releases."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from releaseconsole.kernel import clock
from updates.domain.release_state import ON_CHANNEL, ReleaseState
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
    # Native plugins it was built against, as `{name: version}`; null: nobody said, which is not "none".
    native_packages = models.JSONField(null=True)
    native_fingerprint = models.CharField(max_length=64, blank=True, db_default="")
    # What the inspection found beside what is refused, as `[{"code", "path", "detail"}]`.
    findings = models.JSONField(default=list, db_default=[])
    withdrawn_at = models.DateTimeField(null=True, help_text="Since when nobody may have it.")
    withdrawn_reason = models.CharField(max_length=500, blank=True, db_default="")
    removed_at = models.DateTimeField(null=True, help_text="When retention removed its file.")

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
    # The order in which releases went live, which isn't that in which they were drafted. Null: never live.
    live_seq = models.BigIntegerField(null=True, editable=False)
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value.replace("_", " ")) for s in ReleaseState]
    )
    state_reason = models.CharField(max_length=500, blank=True, db_default="", help_text="Why it's there.")
    rollout_bps = models.PositiveIntegerField(
        default=BASIS_POINTS, help_text="Share of devices, in basis points."
    )
    # A salt of its own, so that the same devices aren't always first (hex of 128 bits). Only a hotfix during
    # a rollout takes over the rollout's: who has the fault gets the fix first.
    rollout_salt = models.CharField(max_length=32)
    native_min = models.CharField(max_length=32, blank=True, help_text="Least native version, inclusive.")
    native_max = models.CharField(max_length=32, blank=True, help_text="Greatest native version, inclusive.")
    # Who it's for, as `domain.audience` writes it; `targeted` says that it isn't for everybody.
    audience = models.JSONField(default=dict, db_default={})
    targeted = models.BooleanField(default=False, db_default=False)
    mandatory = models.BooleanField(default=False, db_default=False)
    spread_minutes = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Over how long the devices in the rollout are offered it."
    )
    # Steps as `domain.rollout_plan` writes them; empty: none.
    plan = models.JSONField(default=list, db_default=[])
    plan_step = models.PositiveIntegerField(default=0, db_default=0)
    plan_step_at = models.DateTimeField(null=True)
    plan_stopped = models.BooleanField(
        default=False, db_default=False, help_text="Somebody set the rollout by hand."
    )
    notes = models.TextField(blank=True, help_text="Markdown; testers see it.")
    reason = models.CharField(max_length=500, blank=True, db_default="", help_text="Why it was published.")
    # Why each finding is fine, by the finding's key.
    check_answers = models.JSONField(default=dict, db_default={})
    native_override = models.BooleanField(
        default=False, db_default=False, help_text="Also for builds that lack a plugin; needs a sign-off."
    )
    promoted_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    # Rises with every change before it goes live: a sign-off is of one revision.
    revision = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, db_default=Now())
    # The person behind it, also behind an API token: who may not sign it off. Null: none is known.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    scheduled_at = models.DateTimeField(null=True)
    scheduled_zone = models.CharField(max_length=64, blank=True, db_default="")
    # Number of the audit event that made it live, and of which revision that was. Nobody is offered a release
    # without a receipt for that event. Null with a `live_seq`: it was live before there were receipts.
    live_event = models.BigIntegerField(null=True, editable=False)
    live_revision = models.PositiveIntegerField(null=True, editable=False)
    receipt_trouble = models.CharField(
        max_length=500, blank=True, db_default="", editable=False, help_text="Why it has no receipt yet."
    )
    # What it made room for, and in which state it was: it's served until that one has its receipt.
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="made_room"
    )
    superseded_from = models.CharField(max_length=16, blank=True, db_default="", editable=False)
    published_at = models.DateTimeField(null=True, help_text="When it first went live.")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    # Publishing and resuming begin it anew, so that old failures don't halt a release twice.
    counts_from = models.DateTimeField(null=True, help_text="Since when plan and guard count reports.")
    # Only resuming clears it: who rolled back what came after it must not let it go on by that.
    halted_at = models.DateTimeField(null=True, help_text="Since when it waits to be signed anew.")
    guard_tripped_at = models.DateTimeField(null=True, help_text="When the guard last spoke, since then.")
    testers_told_at = models.DateTimeField(null=True, help_text="When testers who want mail were written to.")

    class Meta:
        ordering = ["-release_seq"]
        constraints = [
            models.UniqueConstraint(fields=["app", "release_seq"], name="updates_release_seq_once"),
            models.UniqueConstraint(fields=["app", "live_seq"], name="updates_live_seq_once"),
            models.CheckConstraint(
                condition=Q(rollout_bps__lte=BASIS_POINTS), name="updates_rollout_in_bounds"
            ),
            models.CheckConstraint(
                condition=~Q(state=ReleaseState.SCHEDULED.value) | Q(scheduled_at__isnull=False),
                name="updates_scheduled_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(s.value for s in ON_CHANNEL))
                | Q(live_seq__isnull=False, published_at__isnull=False),
                name="updates_live_has_order",
            ),
            # At most one full release is on a channel; others lie on top of it.
            models.UniqueConstraint(
                fields=["channel"],
                condition=Q(
                    state__in=sorted(s.value for s in ON_CHANNEL), rollout_bps=BASIS_POINTS, targeted=False
                ),
                name="updates_one_full_on_channel",
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "state"], name="updates_release_by_state"),
            models.Index(fields=["state", "scheduled_at"], name="updates_release_due"),
        ]

    def __str__(self) -> str:
        return f"{self.bundle.version} on {self.channel.name} (#{self.release_seq})"

    @property
    def is_full(self) -> bool:
        """Whether it's for every device of its channel, so that nothing is served beneath it."""
        return self.rollout_bps == BASIS_POINTS and not self.targeted
