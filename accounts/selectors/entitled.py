"""Who may do something on this console."""

from collections.abc import Callable

from accounts.domain.access import CONSOLE, Place
from accounts.domain.roles import Permission
from accounts.models import User


def people_entitled(
    *permissions: Permission, other_than: User | None = None, place: Place = CONSOLE
) -> list[User]:
    """List the active people who have one of these permissions at a place, by name."""
    app_id, channel = place.app_id, place.channel
    return _people(
        lambda user: any(user.may(each, app_id=app_id, channel=channel) for each in permissions), other_than
    )


def people_entitled_somewhere(permission: Permission) -> list[User]:
    """List the active people who have a permission anywhere at all, by name."""
    return _people(lambda user: user.may_somewhere(permission))


def _people(is_entitled: Callable[[User], bool], other_than: User | None = None) -> list[User]:
    """Ask of each one by one, so that whatever decides what a person may is asked, and nothing beside it."""
    people = User.objects.filter(is_active=True).order_by("name", "pk").prefetch_related("groups")
    if other_than is not None:
        people = people.exclude(pk=other_than.pk)
    return [user for user in people if is_entitled(user)]
