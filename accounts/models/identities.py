"""Who somebody is at the identity provider, and what of theirs came from there."""

from django.db import models
from django_otp.models import Device

from accounts.domain.assurance import AuthenticatorKind
from accounts.domain.roles import Role
from accounts.models.people import User


class Identity(Device):
    """A person's account at an identity provider, known by (`issuer`, `subject`) and by nothing else.

    It is a django-otp device so that a session can say what opened it. It verifies no codes.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    email = models.CharField(max_length=254, blank=True, help_text="As the provider had it at the link.")
    linked_at = models.DateTimeField()
    last_sign_in_at = models.DateTimeField(null=True)
    sealed_refresh_token = models.TextField(blank=True, editable=False)
    vouched_at = models.DateTimeField(help_text="When the provider said last that it knows them.")
    asked_at = models.DateTimeField(help_text="When it was asked last.")
    trouble = models.CharField(max_length=200, blank=True, help_text="Why it couldn't be asked.")
    gone_at = models.DateTimeField(null=True, help_text="When it said that it doesn't know them any more.")

    # What a session opened with it is worth: the provider's word.
    assurance_kind = AuthenticatorKind.IDENTITY_PROVIDER

    class Meta(Device.Meta):
        default_permissions = ()
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint("issuer", "subject", name="accounts_identity_once"),
            models.UniqueConstraint("user", "issuer", name="accounts_identity_one_each"),
            models.CheckConstraint(
                condition=~models.Q(issuer="") & ~models.Q(subject=""), name="accounts_identity_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email or self.subject} at {self.issuer}"

    def refresh_token_context(self) -> str:
        """What the sealed refresh token is bound to."""
        return f"oidc-refresh-token:{self.issuer}#{self.subject}"


class IdentityRole(models.Model):
    """A role that somebody holds because of their groups at the provider, and for no other reason."""

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="group_roles")
    role = models.CharField(max_length=40, choices=[(role.value, role.value) for role in Role])

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("identity", "role", name="accounts_identity_role_once")]

    def __str__(self) -> str:
        return self.role


class ProviderSession(models.Model):
    """A session at the provider that somebody came in with; its logout may name nothing else."""

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="provider_sessions")
    sid = models.CharField(max_length=255)
    opened_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("identity", "sid", name="accounts_provider_session_once")]

    def __str__(self) -> str:
        return self.sid


class LogoutNotice(models.Model):
    """A logout token that was taken: good once."""

    issuer = models.CharField(max_length=255)
    jti = models.CharField(max_length=255)
    taken_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("issuer", "jti", name="accounts_logout_notice_once")]

    def __str__(self) -> str:
        return self.jti
