"""A person's sessions, for themselves to look through."""

from django.db.models import QuerySet

from accounts.models import ConsoleSession, User


def sessions_open(*, user: User) -> "QuerySet[ConsoleSession]":
    """Return the sessions that weren't ended, newest first; past its limits one ends when used."""
    return ConsoleSession.objects.filter(user=user, ended_at=None)
