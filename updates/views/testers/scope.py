"""What somebody may do about testers: everything that concerns only channels on which they manage testers."""

from django.db.models import Q

from accounts.domain.access import OpenTo, Place
from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, access_require
from updates.models import App, Channel, Tester, TesterGroup, TesterInvite
from updates.selectors.apps import app_get, channels_of
from updates.selectors.tester_groups import groups_open
from updates.selectors.testers import tester_get, tester_group_get, tester_invite_get


def managed(request: ConsoleRequest, app: App) -> OpenTo:
    """Tell on which channels of an app the person manages testers."""
    return request.user.channels_with(Permission.TESTER_MANAGE, app_id=app.pk)


def channels_managed(request: ConsoleRequest, app: App) -> list[Channel]:
    """List those channels, without previews: each of those has a group of its own."""
    return list(channels_of(app=app, only=managed(request, app)).filter(preview_of=""))


def group_find(request: ConsoleRequest, app_id: str, group_id: int) -> TesterGroup:
    """Find a group that is the person's to manage: they manage testers on each of its channels.

    Raises:
        NotFoundError: There is none.
        HiddenError: They may not look at one of its channels.
        PermissionDenied: They may not manage testers on one.
    """
    group = tester_group_get(app=app_get(app_id=app_id), group_id=group_id)
    for channel in group.channels.all():
        access_require(request.user, Permission.TESTER_MANAGE, Place(app_id, channel.name))
    return group


def invite_find(request: ConsoleRequest, app_id: str, invite_id: int) -> TesterInvite:
    """Find an invite to such a group; refused as `group_find` does."""
    invite = tester_invite_get(app=app_get(app_id=app_id), invite_id=invite_id)
    invite.group = group_find(request, app_id, invite.group_id)
    return invite


def tester_find(request: ConsoleRequest, app_id: str, tester_id: int) -> tuple[Tester, list[TesterGroup]]:
    """Find a tester with those of their groups that are the person's to manage: at least one.

    Raises:
        NotFoundError: There is none.
        HiddenError: They may look at none of the tester's groups.
        PermissionDenied: They may manage none of them.
    """
    app = app_get(app_id=app_id)
    tester = tester_get(app=app, tester_id=tester_id)
    theirs = TesterGroup.objects.filter(Q(memberships__tester=tester) | Q(invites__tester=tester))
    opened = list(groups_open(app=app, only=managed(request, app)).filter(pk__in=theirs.values("pk")))
    if not opened:
        access_require(request.user, Permission.TESTER_MANAGE, Place(app_id))
    return tester, opened
