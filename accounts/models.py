"""People, their authenticators and step-ups, API tokens and the console's policy."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from accounts.domain.operations import LONGEST_NAME
from accounts.domain.presets import Preset
from accounts.domain.roles import Permission
from compliance.ledger.domain.events import Actor, ActorKind
from releaseconsole.kernel import clock, randomness, sealing


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person; without a password nobody can sign in as them."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by e-mail, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail address."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    time_zone = models.CharField(max_length=64, default="UTC")

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["name"]
        permissions = [(permission.value, permission.value.replace("_", " ")) for permission in Permission]
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Whether the admin site may let this person in; what they see there is decided by permissions."""
        return self.is_active

    @property
    def actor(self) -> Actor:
        """This person as the audit log names them."""
        return Actor(ActorKind.PERSON, str(self.pk))

    def may(self, permission: Permission) -> bool:
        """Whether a role of theirs grants `permission` (grants per app come with their own issue)."""
        return self.has_perm(f"accounts.{permission.value}")


class RoleGroup(Group):
    """A group as what it is here: a role of `accounts.domain.roles`, kept in step with it by migrations."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = "role"

    def __str__(self) -> str:
        return self.name.replace("_", " ").capitalize()


class TOTPAuthenticator(ThrottlingMixin, Device):
    """A time-based one-time code generator (RFC 6238); its seed rests sealed under the KEK."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="totp_authenticators")
    sealed_seed = models.TextField(editable=False)
    last_step = models.BigIntegerField(default=-1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    STEP_SECONDS = 30
    DIGITS = 6
    # One step of drift either way: phones' clocks wander; a code still works once only (`last_step`).
    TOLERANCE = 1

    class Meta(Device.Meta):
        verbose_name = "TOTP authenticator"

    def __str__(self) -> str:
        return str(self.name)

    def seed_context(self) -> str:
        """What the sealed seed is bound to."""
        return f"totp-seed:user:{self.user_id}"

    def seed_set(self, seed: bytes) -> None:
        """Seal `seed` into this row (unsaved)."""
        self.sealed_seed = sealing.kek_current().seal(seed, context=self.seed_context())

    def seed_read(self) -> bytes:
        """Open the seed."""
        return sealing.kek_current().unseal(self.sealed_seed, context=self.seed_context())

    def verify_token(self, token: str) -> bool:
        """Check a code, once; django-otp calls this under a row lock and asks for a flag."""
        allowed, _ = self.verify_is_allowed()
        if not allowed:
            return False
        step = self._matching_step(token)
        if step is None:
            self.throttle_increment()
            return False
        self.last_step = step
        self.last_used_at = clock.now()
        self.throttle_reset(commit=False)
        self.save(
            update_fields=[
                "last_step",
                "last_used_at",
                "throttling_failure_timestamp",
                "throttling_failure_count",
            ]
        )
        return True

    def _matching_step(self, token: str) -> int | None:
        """Find the time step whose code this is, newer than any used before (no code works twice)."""
        if not (token.isascii() and token.isdigit() and len(token) == self.DIGITS):
            return None
        totp = TOTP(self.seed_read(), self.STEP_SECONDS, 0, self.DIGITS, 0)
        totp.time = clock.epoch_seconds()
        matched = totp.verify(int(token), self.TOLERANCE, self.last_step + 1)
        return int(totp.t()) if matched else None  # its drift is in it already

    def get_throttle_factor(self) -> int:
        """Wait 1, 2, 4, … seconds after each wrong code."""
        return 1


class StepUp(models.Model):
    """A person's confirmation of one operation with a fresh code: used once, here, within minutes."""

    id = models.UUIDField(primary_key=True, default=randomness.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="step_ups")
    operation = models.CharField(max_length=LONGEST_NAME)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the operation, in hex.")
    authenticator = models.CharField(max_length=100, help_text="As django-otp names it.")
    code_step = models.BigIntegerField(help_text="Time step of the code; no two step-ups have one code.")
    context = models.CharField(max_length=64, help_text="Where: hash of the session key, or command-line.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("authenticator", "code_step", name="accounts_step_up_code_once"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="accounts_step_up_expires"
            ),
            models.CheckConstraint(
                condition=models.Q(used_at=None)
                | models.Q(used_at__gte=models.F("created_at"), used_at__lt=models.F("expires_at")),
                name="accounts_step_up_used_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} ({self.digest[:12]}…)"


class SetupLink(models.Model):
    """The one-time link with which the first administrator comes in; only its hash is kept."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"set-up link of {self.created_at:%Y-%m-%d}"

    def is_usable(self, now: datetime) -> bool:
        """Whether it can still be used."""
        return self.used_at is None and now < self.expires_at


class ConsolePolicy(models.Model):
    """The console's policy: exactly one row."""

    singleton = models.BooleanField(primary_key=True, default=True)
    preset = models.CharField(max_length=16, choices=[(p.value, p.value) for p in Preset])
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(singleton=True), name="accounts_policy_once")
        ]
        verbose_name_plural = "console policy"

    def __str__(self) -> str:
        return f"preset {self.preset}"


class APIToken(models.Model):
    """A machine's right to act on one app; shown once, kept as a SHA-256 (the secret has 256 bits)."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, help_text="First characters, to recognise it by.")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    app_id = models.CharField(max_length=155, help_text="The only app it may act on.")
    permissions = models.JSONField(default=list)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "API token"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="accounts_api_token_expires"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def actor(self) -> Actor:
        """This token as the audit log names it."""
        return Actor(ActorKind.API_TOKEN, str(self.pk))

    def is_usable(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at

    def may(self, permission: Permission, app_id: str) -> bool:
        """Whether it carries `permission` on `app_id`."""
        return self.app_id == app_id and permission.value in self.permissions
