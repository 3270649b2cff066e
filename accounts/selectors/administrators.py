"""Who could let others in: administrators who can sign in themselves."""

from django.db.models import Q, QuerySet

from accounts.domain.roles import Permission
from accounts.models import User


def administrators_able(*, but: User | None = None) -> "QuerySet[User]":
    """Return who manages people, is active and has been in; an invite that nobody took doesn't count."""
    manages = Q(groups__permissions__codename=Permission.PEOPLE_MANAGE.value)
    able = User.objects.filter(manages, is_active=True, last_login__isnull=False).distinct()
    return able.exclude(pk=but.pk) if but else able
