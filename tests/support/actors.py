"""Everybody whom the table of access asks about: one person for each way to a right, and an outsider.

Nobody has two ways. They are made without passwords (whose hashes cost time) but with an authenticator.
"""

from datetime import timedelta
from typing import Final

from django.contrib.auth.models import Group

from accounts.domain.engagements import Report
from accounts.domain.roles import GRANTABLE, GRANTABLE_ON_CHANNEL, INSIDER_ROLES, Permission, Role
from accounts.models import AuditorEngagement, Grant, TOTPAuthenticator, User
from releaseconsole.kernel import clock
from tests.support.people import SEED

OUTSIDER: Final = "outsider"
# With every report there is; the table's rows of reports name them.
EXTERNAL: Final = Role.EXTERNAL_AUDITOR.value
ON_APP: Final = "grants on the app"
ON_CHANNEL: Final = "grants on the channel"

INSIDERS: Final = frozenset(role.value for role in INSIDER_ROLES)
EVERYBODY: Final = INSIDERS | {OUTSIDER, EXTERNAL, ON_APP, ON_CHANNEL}


def actor_made(name: str) -> User:
    """Create somebody without any right."""
    user = User.objects.create_user(f"{name.replace(' ', '.')}@example.com", None, name=name)
    authenticator = TOTPAuthenticator(user=user, name="Authenticator app", confirmed=True)
    authenticator.seed_set(SEED)
    authenticator.save()
    return user


def actors_made(app_id: str, channel: str) -> dict[str, User]:
    """Create all of them; grants are on this app, and on this channel of it."""
    made = {name: actor_made(name) for name in EVERYBODY}
    for name in INSIDERS | {EXTERNAL}:
        made[name].groups.add(Group.objects.get(name=name))
    engaged(made[EXTERNAL], *Report)
    for permission in GRANTABLE:
        granted(made[ON_APP], permission, app_id)
    for permission in GRANTABLE_ON_CHANNEL:
        granted(made[ON_CHANNEL], permission, app_id, channel)
    return made


def granted(
    person: User, permission: Permission, app_id: str, channel: str = "", *, life: timedelta | None = None
) -> Grant:
    """A grant as the service makes one, without anybody's confirmation."""
    now = clock.now()
    return Grant.objects.create(
        person=person,
        app_id=app_id,
        channel=channel,
        permission=permission.value,
        reason="They help out.",
        created_at=now,
        expires_at=now + life if life else None,
    )


def engaged(person: User, *reports: Report, life: timedelta = timedelta(days=30)) -> AuditorEngagement:
    """An engagement that begins now."""
    now = clock.now()
    return AuditorEngagement.objects.create(
        person=person, reports=sorted(reports), starts_at=now, ends_at=now + life, created_at=now
    )
