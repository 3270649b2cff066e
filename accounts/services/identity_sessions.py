"""Ending all sessions of a person in the provider's name."""

from django.contrib.sessions.models import Session

from accounts.models import User


def provider_ended_sessions(*, user: User) -> None:
    """End every session of a person, inside the caller's transaction."""
    own = [
        session.pk
        for session in Session.objects.all()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    Session.objects.filter(pk__in=own).delete()
