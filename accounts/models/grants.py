"""What was given to one person beside their roles: grants on apps and channels, and auditors' engagements."""

from datetime import datetime

from django.conf import settings
from django.db import models

from accounts.domain.access import Grant as GrantTerms
from accounts.domain.access import Place
from accounts.domain.engagements import LONGEST_ENGAGEMENT, Engagement, Report
from accounts.domain.roles import GRANTABLE, GRANTABLE_ON_CHANNEL, PERMISSION_WORDS, Permission


def _ended_in_order() -> models.Q:
    """An end is after the beginning; who ended it is known only of what has ended."""
    # Said in full: a comparison with nothing is neither true nor false, and a check takes that for true.
    ended = models.Q(ended_at__isnull=False, ended_at__gte=models.F("created_at"))
    return models.Q(ended_at=None, ended_by=None) | ended


class Grant(models.Model):
    """One permission on one app, or on one channel of it; it stays on record when it's over."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    app_id = models.CharField(max_length=155)
    channel = models.CharField(max_length=64, blank=True, help_text="Empty: the whole app.")
    permission = models.CharField(max_length=32)
    reason = models.CharField(max_length=300)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="grants_made"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="grants_ended"
    )

    class Meta:
        default_permissions = ()
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(permission__in=sorted(each.value for each in GRANTABLE_ON_CHANNEL))
                | models.Q(permission__in=sorted(each.value for each in GRANTABLE), channel=""),
                name="accounts_grant_permission",
            ),
            models.CheckConstraint(
                condition=~models.Q(app_id="") & ~models.Q(reason=""), name="accounts_grant_complete"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at=None) | models.Q(expires_at__gt=models.F("created_at")),
                name="accounts_grant_expires",
            ),
            models.CheckConstraint(condition=_ended_in_order(), name="accounts_grant_ended"),
            models.CheckConstraint(
                condition=models.Q(granted_by=None) | ~models.Q(granted_by=models.F("person")),
                name="accounts_grant_not_to_oneself",
            ),
            models.UniqueConstraint(
                fields=["person", "app_id", "channel", "permission"],
                condition=models.Q(ended_at=None),
                name="accounts_grant_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words} on {self.place}"

    @property
    def words(self) -> str:
        """What it allows, for people."""
        return PERMISSION_WORDS[self.permission]

    @property
    def place(self) -> Place:
        """Where it counts."""
        return Place(self.app_id, self.channel)

    @property
    def terms(self) -> GrantTerms:
        """Itself as decisions need it; `granted_by` should be loaded with it."""
        return GrantTerms(
            id=self.pk,
            permission=Permission(self.permission),
            place=self.place,
            granted_by=self.granted_by.name if self.granted_by else "",
            expires_at=self.expires_at,
        )

    def is_live(self, now: datetime) -> bool:
        """Whether it gives anything now."""
        return self.ended_at is None and self.terms.is_live(now)


class AuditorEngagement(models.Model):
    """For how long an external auditor may read which reports."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="engagements")
    reports = models.JSONField(default=list, help_text="Names of `accounts.domain.engagements.Report`.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="engagements_agreed"
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="When it was ended before its time.")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="engagements_ended"
    )

    class Meta:
        default_permissions = ()
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="accounts_engagement_ends"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__lte=models.F("starts_at") + LONGEST_ENGAGEMENT),
                name="accounts_engagement_is_short",
            ),
            models.CheckConstraint(condition=_ended_in_order(), name="accounts_engagement_ended"),
            models.CheckConstraint(
                condition=models.Q(agreed_by=None) | ~models.Q(agreed_by=models.F("person")),
                name="accounts_engagement_not_of_oneself",
            ),
        ]

    def __str__(self) -> str:
        return f"engagement {self.pk}"

    @property
    def terms(self) -> Engagement:
        """Itself as decisions need it; reports that this version doesn't know are left out."""
        known = frozenset(Report(name) for name in self.reports if name in set(Report))
        return Engagement(id=self.pk, reports=known, starts_at=self.starts_at, ends_at=self.ends_at)

    def is_over(self, now: datetime) -> bool:
        """Whether nothing can come of it any more."""
        return self.ended_at is not None or now >= self.ends_at
