"""A security key or passkey as somebody's first authenticator, straight after their password.

The service sees that it's the first one; nobody adds another one on a password alone.
"""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect

from accounts.errors import SecurityKeyRefusedError
from accounts.models import User
from accounts.services.security_key_sign_in import security_key_sign_in_record
from accounts.views.json_exchange import json_exchange
from accounts.views.pending import may_enrol, pending_finish, pending_user
from accounts.views.security_keys import registered, registration_begun


@json_exchange
def security_key_enrol_begin(request: HttpRequest) -> dict[str, Any]:
    """Give the browser what it needs to make a key."""
    return registration_begun(request, _newcomer(request))


@json_exchange
def security_key_enrol(request: HttpRequest) -> HttpResponseRedirect:
    """Bind the key, and open the session: the password was proved before, and the key just now."""
    user = _newcomer(request)
    key = registered(request, user, None)
    security_key_sign_in_record(key=key)
    return pending_finish(request, user, key)


def _newcomer(request: HttpRequest) -> User:
    user = pending_user(request)
    if user is None or not may_enrol(request, user):
        raise SecurityKeyRefusedError
    return user
