"""Giving a browser the session of a person who has passed both factors."""

import django_otp
from django.contrib.auth import login
from django.http import HttpRequest
from django_otp.models import Device

from accounts.models import ConsoleSession, User
from accounts.services.client_address import address_of
from accounts.services.identity_endings import identities_ask
from accounts.services.sessions import session_begin, session_rotated
from accounts.services.throttle import attempts_forgive


def session_open(request: HttpRequest, user: User, device: Device) -> None:
    """Give this browser a session of a person who has passed both factors; its key is a new one.

    Whatever the browser's session held before goes: nothing that was put there before signing in, by
    whomever, is there afterwards.
    """
    identities_ask(user=user)
    request.session.flush()
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    django_otp.login(request, device)
    request.session.save()  # gives it its key
    request.console_session = session_begin(  # type: ignore[attr-defined]  # read by session_assurance
        key=request.session.session_key or "",
        user=user,
        device=device,
        user_agent=request.headers.get("User-Agent", ""),
        address=address_of(request),
    )
    attempts_forgive(user)
    request.arrived = user  # type: ignore[attr-defined]  # SessionWatchMiddleware lets the browser be known


def session_rotate(request: HttpRequest) -> None:
    """Go on under a new key, as after every step-up: a key that leaked before is worth nothing now."""
    session = getattr(request, "console_session", None)
    if isinstance(session, ConsoleSession):
        request.session.cycle_key()
        session_follow(request)


def session_follow(request: HttpRequest) -> None:
    """Write down the key under which this session goes on, where somebody else gave it a new one."""
    session = getattr(request, "console_session", None)
    if isinstance(session, ConsoleSession):
        session_rotated(session=session, key=request.session.session_key or "")
