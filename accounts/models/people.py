"""People and the roles they hold."""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from accounts.domain.access import (
    All,
    Holdings,
    OpenTo,
    Place,
    access_open_apps,
    access_open_channels,
    access_reasons,
)
from accounts.domain.passwords import password_normal
from accounts.domain.roles import Permission, Role
from compliance.ledger.domain.events import Actor, ActorKind
from releaseconsole.kernel import clock

if TYPE_CHECKING:
    from accounts.models.grants import AuditorEngagement, Grant  # they point here


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person; without a password nobody can sign in as them."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def addressed(self, email: str | None) -> models.QuerySet["User"]:
        """Find by e-mail, whatever its case; there are only addresses in ASCII.

        Databases fold the case of letters beyond it by rules of their own: PostgreSQL takes a dotless i for
        an i, and would find somebody at an address that isn't theirs.
        """
        return self.filter(email__iexact=email) if email and email.isascii() else self.none()

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by e-mail, whatever its case."""
        return self.addressed(username).get()


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

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Roles that they hold; read once for each instance, that is for each request."""
        known = {role.value for role in Role}
        return frozenset(Role(group.name) for group in self.groups.all() if group.name in known)

    @cached_property
    def holdings(self) -> Holdings:
        """All that they hold; read once like `roles`. What is over by the clock is sorted out at each use."""
        grants = self.grants.filter(ended_at=None).select_related("granted_by")
        is_external = Role.EXTERNAL_AUDITOR in self.roles
        return self.holdings_of(grants, self.engagements.filter(ended_at=None) if is_external else ())

    def holdings_of(self, grants: Iterable["Grant"], engagements: Iterable["AuditorEngagement"]) -> Holdings:
        """Put together what decisions need from rows that were read already."""
        return Holdings(
            roles=self.roles,
            grants=tuple(grant.terms for grant in grants),
            engagements=tuple(engagement.terms for engagement in engagements),
        )

    def may(self, permission: Permission, *, app_id: str = "", channel: str = "") -> bool:
        """Whether they have `permission`: on the console, or on an app or a channel of it.

        Asked without an app: on the console as a whole, which no grant gives. Most people's roles answer by
        themselves, and then nothing else is read.
        """
        if not self.is_active:
            return False
        now, place = clock.now(), Place(app_id, channel)
        by_role = access_reasons(Holdings(self.roles), permission, place, now=now)
        if not app_id and Role.EXTERNAL_AUDITOR not in self.roles:
            return bool(by_role)
        return bool(by_role or access_reasons(self.holdings, permission, place, now=now))

    def may_by_role(self, permission: Permission) -> bool:
        """Whether a role gives it to them, and not merely an engagement.

        An external auditor is shown the reports that were agreed on, and not all that is open to insiders who
        have the same permission.
        """
        return self.is_active and bool(access_reasons(Holdings(self.roles), permission, now=clock.now()))

    def may_somewhere(self, permission: Permission, *, app_id: str = "") -> bool:
        """Whether they have it anywhere at all, or anywhere in an app: lists and start pages ask this."""
        return bool(self.channels_with(permission, app_id=app_id) if app_id else self.apps_with(permission))

    def apps_with(self, permission: Permission) -> OpenTo:
        """On which apps they have it, be it on a single channel of them."""
        if self.may(permission):
            return All.ALL
        if not self.is_active:
            return frozenset()
        return access_open_apps(self.holdings, permission, now=clock.now())

    def channels_with(self, permission: Permission, *, app_id: str) -> OpenTo:
        """On which channels of an app they have it."""
        if self.may(permission, app_id=app_id):
            return All.ALL
        if not self.is_active:
            return frozenset()
        return access_open_channels(self.holdings, permission, app_id, now=clock.now())

    def has_perm(self, perm: str, obj: object = None) -> bool:  # noqa: ARG002 (Django's signature)
        """Answer Django's own pages as `may` does: there's one rule, and no superuser beside it."""
        label, _, codename = perm.partition(".")
        known = {permission.value for permission in Permission}
        return label == "accounts" and codename in known and self.may(Permission(codename))


class RoleGroup(Group):
    """A group as what it is here: a role of `accounts.domain.roles`, kept in step with it by migrations."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = "role"

    def __str__(self) -> str:
        return self.name.replace("_", " ").capitalize()
