"""What other pages give to those of security keys, as soon as they are there."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from django_otp.models import Device

from accounts.domain.assurance import Assurance
from accounts.models import User
from accounts.views.session import session_open


def pending_user(request: HttpRequest) -> User | None:
    """Return whose password was right less than ten minutes ago, in this browser."""
    found = _call("accounts.views.pending.pending_user", request)
    return found if isinstance(found, User) else None


def may_enrol(request: HttpRequest, user: User) -> bool:
    """Whether somebody may set up their first authenticator here."""
    return _call("accounts.views.pending.may_enrol", request, user) is not False


def pending_finish(request: HttpRequest, user: User, device: Device) -> HttpResponseRedirect:
    """Sign in who has proved both factors, and lead them where they wanted to go."""
    answer = _call("accounts.views.pending.pending_finish", request, user, device)
    if isinstance(answer, HttpResponseRedirect):
        return answer
    session_open(request, user, device)
    return HttpResponseRedirect(reverse("admin:index"))


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


def _call(name: str, *given: object) -> Any:
    try:
        function = import_string(name)
    except ImportError:
        return None
    return function(*given)
