"""Sessions of people, as they and the console see them."""

from django.db import models
from django.db.models import F, Q

from accounts.domain.assurance import AAL, Assurance, AuthenticatorKind
from accounts.domain.session_limits import SessionEnd
from accounts.models.people import User
from releaseconsole.kernel import randomness
from releaseconsole.kernel.encoding import sha256_hex


class ConsoleSession(models.Model):
    """A session that both factors opened: who, how surely, from when to when. Never what opens it."""

    id = models.UUIDField(primary_key=True, default=randomness.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="console_sessions")
    key_sha256 = models.CharField(max_length=64, unique=True, help_text="Hash of the session's key.")
    aal = models.PositiveSmallIntegerField(choices=[(level.value, f"AAL{level.value}") for level in AAL])
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in AuthenticatorKind])
    authenticator = models.CharField(max_length=100, help_text="As django-otp names it.")
    user_verified = models.BooleanField(default=False)
    device_bound = models.BooleanField(default=False)
    proved_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(
        max_length=20, blank=True, choices=[(why.value, why.value) for why in SessionEnd]
    )
    browser = models.CharField(max_length=60)
    address = models.GenericIPAddressField(null=True, help_text="Kept for as long as the session lasts.")

    class Meta:
        default_permissions = ()
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(condition=Q(seen_at__gte=F("opened_at")), name="accounts_session_seen"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_why="")
                | (Q(ended_at__gte=F("opened_at"), address=None) & ~Q(ended_why="")),
                name="accounts_session_end",
            ),
        ]
        indexes = [
            models.Index(fields=["user"], condition=Q(ended_at=None), name="accounts_session_open"),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"

    @staticmethod
    def key_hash(key: str) -> str:
        """Hash a session's key as it's kept."""
        return sha256_hex(key.encode())

    def is_of(self, key: str) -> bool:
        """Whether this is the session that `key` opens."""
        return self.key_sha256 == self.key_hash(key)

    @property
    def assurance(self) -> Assurance:
        """How sure the console is of who is there."""
        return Assurance(
            kind=AuthenticatorKind(self.kind),
            authenticator=self.authenticator,
            proved_at=self.proved_at,
            user_verified=self.user_verified,
            device_bound=self.device_bound,
        )
