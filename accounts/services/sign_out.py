"""Ending what is open of a person, wherever that is."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from accounts.models import User
from compliance.ledger.domain.events import Actor
from releaseconsole.kernel import clock


def person_sign_out(person: User, *, actor: Actor, keep: str = "") -> int:  # noqa: ARG001 (who does it is recorded with what they do)
    """End a person's sessions, all but the one with the key `keep`; return how many there were."""
    open_now = Session.objects.filter(expire_date__gt=clock.now()).exclude(session_key=keep)
    theirs = [session.pk for session in open_now if session.get_decoded().get(SESSION_KEY) == str(person.pk)]
    return Session.objects.filter(pk__in=theirs).delete()[0]
