"""What a session that a recovery code opened may do: look, and replace what was lost.

A recovery code may have been found in a drawer. Until its owner has bound an authenticator and signed in with
that, nothing is changed in their name (NIST SP 800-63B-4, section 4.2: recovery ends with a new binding).
"""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from accounts.views.full_proof import is_recovery_session
from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_MAY: Final = frozenset({
    "admin:logout",
    "accounts:totp-new",
    "accounts:session-end",
    "accounts:sessions-end",
})


class RecoverySessionMiddleware:
    """Refuses such a session whatever changes something, before the page is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Do nothing before a page is found."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Lead back to where an authenticator is added; None lets the page answer."""
        match, user = request.resolver_match, request.user
        if request.method in _SAFE or (match is not None and match.view_name in _MAY):
            return None
        if not isinstance(user, User) or not is_recovery_session(request):
            return None
        audit_record(
            action=Action.ACCESS_DENIED,
            actor=user.actor,
            now=clock.now(),
            outcome=Outcome.DENIED,
            detail={"session": "recovery_code", "path": request.path},
        )
        messages.error(request, "You signed in with a recovery code: add an authenticator, sign in with it.")
        return redirect("accounts:me")
