"""People and the roles they hold."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from accounts.domain.passwords import password_normal
from accounts.domain.roles import Permission
from compliance.ledger.domain.events import Actor, ActorKind
from releaseconsole.kernel import clock


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

    def set_password(self, raw_password: str | None) -> None:
        """Keep the hash of the password's normal spelling; without one nobody can sign in with a password."""
        super().set_password(raw_password if raw_password is None else password_normal(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Compare in the normal spelling."""
        return super().check_password(raw_password if raw_password is None else password_normal(raw_password))

    @property
    def is_staff(self) -> bool:
        """Whether the admin site may let this person in; what they see there is decided by permissions."""
        return self.is_active

    @property
    def actor(self) -> Actor:
        """This person as the audit log names them."""
        return Actor(ActorKind.PERSON, str(self.pk))

    def may(self, permission: Permission, *, app_id: str = "", channel: str = "") -> bool:  # noqa: ARG002 (grants per app and channel)
        """Whether they have `permission`: on the console, or on an app or a channel of it."""
        return self.has_perm(f"accounts.{permission.value}")


class RoleGroup(Group):
    """A group as what it is here: a role of `accounts.domain.roles`, kept in step with it by migrations."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = "role"

    def __str__(self) -> str:
        return self.name.replace("_", " ").capitalize()
