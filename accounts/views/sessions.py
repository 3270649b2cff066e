"""Pages: where one is signed in, and ending that."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.assurance import AuthenticatorKind
from accounts.domain.session_limits import SessionEnd, duration_words
from accounts.selectors.sessions import sessions_open
from accounts.services.sessions import limits_of, session_end, sessions_end
from accounts.views.pages import ConsoleRequest, own_page, page_render

_KIND_WORDS: Final = {
    AuthenticatorKind.TOTP: "password and one-time code",
    AuthenticatorKind.SECURITY_KEY: "security key",
    AuthenticatorKind.RECOVERY_CODE: "password and recovery code",
    AuthenticatorKind.IDENTITY_PROVIDER: "single sign-on",
}


@own_page
def session_list(request: ConsoleRequest) -> HttpResponse:
    """List one's sessions, this one first."""
    here = request.session.session_key or ""
    rows = sorted(
        (
            {
                "session": session,
                "is_here": session.is_of(here),
                "how": _KIND_WORDS[AuthenticatorKind(session.kind)],
            }
            for session in sessions_open(user=request.user)
        ),
        key=lambda row: not row["is_here"],
    )
    limits = limits_of(request.user)
    context = {
        "title": "Your sessions",
        "rows": rows,
        "idle": duration_words(limits.idle),
        "absolute": duration_words(limits.absolute),
    }
    return page_render(request, "accounts/sessions.html", context)


@own_page
@require_POST
def session_end_one(request: ConsoleRequest, session_id: UUID) -> HttpResponse:
    """End one of them."""
    session_end(session_id=session_id, user=request.user)
    messages.success(request, "That session is ended.")
    return redirect("accounts:sessions")


@own_page
@require_POST
def session_end_all(request: ConsoleRequest) -> HttpResponse:
    """End all of them: this one too, unless it's to be kept."""
    if request.POST.get("keep"):
        count = sessions_end(
            user=request.user, why=SessionEnd.ENDED_BY_OWNER, keep=request.session.session_key
        )
        messages.success(request, f"{count} other session{'' if count == 1 else 's'} ended.")
        return redirect("accounts:sessions")
    sessions_end(user=request.user, why=SessionEnd.ENDED_BY_OWNER)
    logout(request)
    messages.success(request, "You are signed out everywhere.")
    return redirect("admin:login")
