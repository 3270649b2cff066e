"""Between the two pages of sign-in: the password is proved, nobody is signed in yet."""

from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest

from accounts.models import User
from releaseconsole.kernel import clock

_KEY: Final = "pending_sign_in"
_LIFETIME: Final = timedelta(minutes=10)


def pending_open(request: HttpRequest, user: User, next_url: str) -> None:
    """Remember in this browser's session that somebody's password was proved just now."""
    request.session.cycle_key()
    request.session[_KEY] = {"user": user.pk, "at": clock.now().isoformat(), "next": next_url}


def pending_user(request: HttpRequest) -> User | None:
    """Return whose password was proved here less than ten minutes ago, if they may still sign in."""
    pending = request.session.get(_KEY)
    if not pending or clock.now() >= datetime.fromisoformat(pending["at"]) + _LIFETIME:
        return None
    return User.objects.filter(pk=pending["user"], is_active=True).first()


def pending_close(request: HttpRequest) -> None:
    """Forget it."""
    request.session.pop(_KEY, None)
