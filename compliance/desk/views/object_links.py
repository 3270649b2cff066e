"""Where the page of what an event is about is, for who may open it."""

from collections.abc import Callable
from typing import Final

from django.urls import reverse

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.views.pages import CONSOLE_OWNER
from compliance.desk.selectors.objects import About

_Address = Callable[[About], str]

_ADDRESSES: Final[dict[str, tuple[Permission, _Address]]] = {
    "app": (Permission.APP_VIEW, lambda it: reverse("updates:app", args=[it.id])),
    "audit": (Permission.AUDIT_VIEW, lambda it: reverse("desk:audit", args=[it.id])),
    "audit_entry": (Permission.AUDIT_VIEW, lambda it: reverse("desk:log-entry", args=[it.id])),
    "bundle": (Permission.APP_VIEW, lambda it: reverse("updates:bundle", args=[it.app_id, it.id])),
    "channel": (Permission.APP_VIEW, lambda it: reverse("updates:channel", args=[it.app_id, it.id])),
    "drill": (Permission.ACCESS_VIEW, lambda _: reverse("desk:drills")),
    "incident": (Permission.ACCESS_VIEW, lambda it: reverse("desk:incident", args=[it.id])),
    "export": (Permission.AUDIT_EXPORT, lambda it: reverse("desk:export", args=[it.id])),
    "legal_hold": (Permission.AUDIT_VIEW, lambda _: reverse("desk:holds")),
    "person": (Permission.PEOPLE_MANAGE, lambda it: reverse("accounts:person", args=[it.id])),
    "privacy_request": (Permission.AUDIT_VIEW, lambda it: reverse("desk:request", args=[it.id])),
    "publisher": (
        Permission.API_TOKEN_MANAGE,
        lambda it: reverse("updates:publisher", args=[it.app_id, it.id]),
    ),
    "recertification": (Permission.ACCESS_VIEW, lambda it: reverse("desk:recertification", args=[it.id])),
    "release": (Permission.APP_VIEW, lambda it: reverse("updates:release", args=[it.app_id, it.id])),
    "signing_key": (
        Permission.KEY_VIEW,
        lambda it: reverse("signing:key", args=[it.app_id or CONSOLE_OWNER, it.id]),
    ),
    "tester": (Permission.TESTER_MANAGE, lambda it: reverse("updates:tester", args=[it.app_id, it.id])),
    "tester_group": (
        Permission.TESTER_MANAGE,
        lambda it: reverse("updates:tester-group", args=[it.app_id, it.id]),
    ),
    "verification": (Permission.AUDIT_VIEW, lambda _: reverse("desk:verification")),
    "webhook": (Permission.CHANNEL_MANAGE, lambda it: reverse("updates:webhook", args=[it.app_id, it.id])),
}

# As their pages (`compliance.desk.domain.insiders`).
_INSIDERS_ONLY: Final = frozenset({"drill", "incident", "privacy_request", "recertification"})


def object_link(it: About, *, existing: set[About], user: User) -> str:
    """Return the address of its page; nothing: it has none, or this person may not open it."""
    if it not in existing:
        return ""
    permission, address = _ADDRESSES[it.kind]
    place = it.id if it.kind == "app" else it.app_id
    if it.kind in _INSIDERS_ONLY and not user.may_by_role(permission):
        return ""
    return address(it) if user.may(permission, app_id=place) else ""
