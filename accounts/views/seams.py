"""What other pages give to those of security keys, as soon as they are there."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from accounts.domain.assurance import Assurance
from accounts.models import User


def pending_user(request: HttpRequest) -> User | None:
    """Return whose password was right less than ten minutes ago, in this browser."""
    found = _call("accounts.views.pending.pending_user", request)
    return found if isinstance(found, User) else None


def pending_close(request: HttpRequest) -> None:
    """Forget the password's proof: it's used up."""
    _call("accounts.views.pending.pending_close", request)


def session_assurance(request: HttpRequest) -> Assurance | None:
    """Return how sure the console is of who is in this session."""
    found = _call("accounts.services.sessions.session_assurance", request)
    return found if isinstance(found, Assurance) else None


def own_sign_in_address() -> str:
    """Return where people see their own authenticators."""
    try:
        return reverse("accounts:me")
    except NoReverseMatch:
        return reverse("admin:index")


def _call(name: str, request: HttpRequest) -> Any:
    try:
        function = import_string(name)
    except ImportError:
        return None
    return function(request)
