"""Who may do something on this console."""

from accounts.domain.roles import Permission
from accounts.models import User


def people_entitled(*permissions: Permission, other_than: User | None = None) -> list[User]:
    """List the active people who have one of these permissions, by name.

    Each is asked one by one, so that whatever decides what a person may is asked, and nothing beside it.
    """
    people = User.objects.filter(is_active=True).order_by("name", "pk").prefetch_related("groups")
    if other_than is not None:
        people = people.exclude(pk=other_than.pk)
    return [user for user in people if any(user.may(permission) for permission in permissions)]
