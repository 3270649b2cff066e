"""Testers, their groups, invites and devices.

Personal data: a tester's name and address, what they wrote, and which devices are theirs. Everything else
names a tester by number only.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from updates.models.apps import App, Channel


class StorePresence(models.Model):
    """Where an app is in the stores, and what phones need to open its links in it."""

    app = models.OneToOneField(App, on_delete=models.CASCADE, primary_key=True, related_name="presence")
    ios_team_id = models.CharField(max_length=10, blank=True)
    ios_bundle_id = models.CharField(max_length=155, blank=True)
    android_package = models.CharField(max_length=155, blank=True)
    android_fingerprints = models.JSONField(default=list, help_text="SHA-256 of signing certificates.")
    app_store_url = models.URLField(max_length=300, blank=True)
    testflight_url = models.URLField(max_length=300, blank=True)
    play_url = models.URLField(max_length=300, blank=True)
    url_scheme = models.CharField(max_length=32, blank=True, help_text="Opens the app on a phone.")
    native_least = models.CharField(max_length=32, blank=True, help_text="Least native version for testers.")
    # What the notice at collection names: whom testers ask about their data.
    privacy_contact = models.CharField(max_length=200, blank=True)
    privacy_url = models.URLField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.app_id} in the stores"


class TesterGroup(models.Model):
    """People who test an app together, and what they may do."""

    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="tester_groups")
    name = models.CharField(max_length=80)
    # The first by name is where a device goes that chooses none.
    channels = models.ManyToManyField(Channel, related_name="tester_groups")
    may_switch = models.BooleanField(default=False, help_text="Testers choose among its channels themselves.")
    max_devices = models.PositiveSmallIntegerField(default=3, help_text="Per tester.")
    platforms = models.JSONField(default=list, help_text="Empty: all of the app's.")
    ends_at = models.DateTimeField(null=True, help_text="From when its testers get the normal version again.")
    sees_notes = models.BooleanField(default=True)
    may_send_feedback = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["app_id", "name"]
        constraints = [
            models.UniqueConstraint(fields=["app", "name"], name="updates_group_once"),
            models.CheckConstraint(condition=Q(max_devices__gte=1), name="updates_group_takes_devices"),
        ]

    def __str__(self) -> str:
        return self.name


class TesterInvite(models.Model):
    """A link into a group: for one tester, or for whoever holds it, up to a cap."""

    group = models.ForeignKey(TesterGroup, on_delete=models.CASCADE, related_name="invites")
    tester = models.ForeignKey("updates.Tester", on_delete=models.CASCADE, null=True, related_name="invites")
    # 256 random bits are in the link alone; whoever reads this table can't accept anything.
    secret_sha256 = models.CharField(max_length=64, unique=True)
    cap = models.PositiveIntegerField(help_text="How many people it lets in.")
    uses = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True, help_text="When it was last mailed; empty: copied by hand.")
    opened_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(uses__lte=models.F("cap")), name="updates_invite_within_cap"),
            models.CheckConstraint(condition=Q(tester=None) | Q(cap=1), name="updates_personal_invite_once"),
        ]

    def __str__(self) -> str:
        return f"invite {self.pk} to {self.group_id}"


class Tester(models.Model):
    """A beta tester of one app; never a person of the console."""

    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="testers")
    name = models.CharField(max_length=120, blank=True)
    email = models.CharField(max_length=254, blank=True, help_text="In lower case; empty: none was given.")
    groups = models.ManyToManyField(TesterGroup, related_name="testers", through="TesterMembership")
    came_by = models.ForeignKey(TesterInvite, on_delete=models.SET_NULL, null=True, related_name="arrivals")
    # Of the secret in the link to their own page; empty before they accepted.
    secret_sha256 = models.CharField(max_length=64, blank=True)
    accepted_at = models.DateTimeField(null=True)
    consent_version = models.CharField(max_length=16, blank=True, help_text="Of the notice they agreed to.")
    left_at = models.DateTimeField(null=True)
    deletion_requested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["app_id", "name", "email"]
        constraints = [
            models.UniqueConstraint(
                fields=["app", "email"], condition=~Q(email=""), name="updates_tester_address_once"
            ),
            models.UniqueConstraint(
                fields=["secret_sha256"], condition=~Q(secret_sha256=""), name="updates_tester_secret_once"
            ),
        ]

    def __str__(self) -> str:
        return f"tester {self.pk}"


class TesterMembership(models.Model):
    """A tester in a group."""

    tester = models.ForeignKey(Tester, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(TesterGroup, on_delete=models.CASCADE, related_name="memberships")
    since = models.DateTimeField()
    wants_mail = models.BooleanField(default=False, help_text="Letters about new versions of this beta.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tester", "group"], name="updates_tester_in_group_once")
        ]

    def __str__(self) -> str:
        return f"{self.tester} in {self.group}"


class JoinCode(models.Model):
    """A short code that a tester types or pastes into the app, once, within minutes."""

    tester = models.ForeignKey(Tester, on_delete=models.CASCADE, related_name="join_codes")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    code_sha256 = models.CharField(max_length=64, unique=True, help_text="Over app and code.")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code of {self.tester}"


class TesterDevice(models.Model):
    """A device with which a tester joined; it's on a channel while its membership exists."""

    tester = models.ForeignKey(Tester, on_delete=models.CASCADE, related_name="devices")
    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="+")
    device_id = models.CharField(max_length=64)
    platform = models.CharField(max_length=16)
    enrolled_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["enrolled_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["app", "device_id"], condition=Q(left_at=None), name="updates_tester_device_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.device_id} of {self.tester}"


class TesterFeedback(models.Model):
    """What a tester wrote about a version."""

    tester = models.ForeignKey(Tester, on_delete=models.CASCADE, related_name="feedback")
    version = models.CharField(max_length=64, blank=True)
    text = models.CharField(max_length=2000)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.tester} on {self.version}"
