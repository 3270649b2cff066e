"""Apps and their channels."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from releaseconsole.kernel import clock


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

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


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

    class Meta:
        ordering = ["app_id", "name"]
        constraints = [
            models.UniqueConstraint(fields=["app", "name"], name="updates_channel_once"),
            models.CheckConstraint(condition=Q(decision_seq__gte=1), name="updates_channel_seq_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.app_id} · {self.name}"


class ChannelMember(models.Model):
    """A device that belongs to a channel by somebody's decision (a tester's phone)."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="members")
    # The app once more, so that the database itself refuses a device in two channels of one app.
    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="+")
    device_id = models.CharField(max_length=64)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["app", "device_id"], name="updates_member_one_channel")
        ]

    def __str__(self) -> str:
        return f"{self.device_id} in {self.channel}"
