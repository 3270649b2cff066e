"""Between the two factors: whose password was right a moment ago, on the server, and nothing more than that.

The browser holds a session key that names a pending sign-in. No page of the console takes it for a signed-in
person: `request.user` stays anonymous.
"""

from typing import Final

from django.http import HttpRequest, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, resolve_url
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django_otp.models import Device

from accounts.models import User
from accounts.selectors.second_factors import second_factors_of
from accounts.views.session import session_open
from releaseconsole.kernel import clock

_PENDING: Final = "pending_sign_in"
_SECONDS: Final = 600


def pending_open(request: HttpRequest, user: User, next_url: str, *, by_link: bool = False) -> None:
    """Remember that `user` has proved the first factor, in a session with a new key.

    Args:
        request: Whatever its session held before, of whomever, is gone.
        user: Who.
        next_url: Where they want to go. Untrusted; checked when they go.
        by_link: An invite's link let them in, so they may set up their first authenticator.
    """
    request.session.flush()
    request.session[_PENDING] = {
        "user": user.pk,
        "password": user.get_session_auth_hash(),
        "proved_at": clock.epoch_seconds(),
        "next": next_url,
        "by_link": by_link,
    }
    rotate_token(request)


def pending_user(request: HttpRequest) -> User | None:
    """Return who has proved the first factor here within ten minutes, and isn't signed in yet."""
    pending = request.session.get(_PENDING)
    if not pending or clock.epoch_seconds() >= pending["proved_at"] + _SECONDS:
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), pending["password"]):
        return None
    return user


def may_enrol(request: HttpRequest, user: User) -> bool:
    """Whether they may set up their first authenticator here: at their first sign-in, or by an invite's link.

    Who had one and has none left doesn't get another on a password alone; that takes an administrator.
    """
    is_first = user.last_login is None or bool(request.session.get(_PENDING, {}).get("by_link"))
    return is_first and not second_factors_of(user)


def pending_close(request: HttpRequest) -> None:
    """Forget the pending sign-in."""
    request.session.pop(_PENDING, None)


def pending_finish(request: HttpRequest, user: User, device: Device) -> HttpResponseRedirect:
    """Sign in who has proved both factors, and send them where they wanted to go."""
    wanted = request.session.get(_PENDING, {}).get("next", "")
    pending_close(request)
    session_open(request, user, device)
    return redirect(inside(request, wanted))


def inside(request: HttpRequest, wanted: str) -> str:
    """Go on inside this console only: an open redirect would lend its address to phishers."""
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return resolve_url("admin:index")
