"""Middleware: a session past its limits, or ended elsewhere, opens nothing any more."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from accounts.errors import SessionOverError
from accounts.models import User
from accounts.services.sessions import session_watch
from accounts.views.source import browser_remember

_BACKGROUND: Final = "RC-Background"  # static/js/refresh.js sends it; not activity


class SessionWatchMiddleware:
    """Looks at every request that comes with a person's session; `request.console_session` is its row."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; who is signed in no longer is answered like anybody else.

        What comes without a cookie has no session. Already asking who it is would make answers for everybody
        (key sets, devices' questions) differ by cookie, for every cache between.
        """
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self._get_response(request)
        is_verified = getattr(request.user, "is_verified", None)
        if isinstance(request.user, User) and callable(is_verified) and is_verified():
            self._watch(request, request.user)
        response = self._get_response(request)
        if isinstance(arrived := getattr(request, "arrived", None), User):
            browser_remember(request, response, arrived)
        return response

    def _watch(self, request: HttpRequest, user: User) -> None:
        is_activity = _BACKGROUND not in request.headers
        try:
            session = session_watch(key=request.session.session_key or "", user=user, is_activity=is_activity)
        except SessionOverError as error:
            logout(request)  # a new, empty session, in which the sign-in page finds the reason
            messages.info(request, error.message)
        else:
            request.console_session = session  # type: ignore[attr-defined]  # read by session_assurance
