"""The side bar: what it offers, and to whom."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.services.approval_inbox import inbox_of, is_concerned
from compliance.desk.domain.insiders import INSIDERS_ONLY
from compliance.desk.selectors.opened_packs import packs_offered
from compliance.desk.views.requests import requests_waiting
from releaseconsole.kernel import clock


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the side bar; shown to who has `permission`, or to whom `is_shown` says.

    `badge` counts what waits there for a person; `is_exact`: pages below its address aren't its own.
    """

    title: str
    icon: str
    url_name: str
    permission: Permission | None = None
    is_shown: Callable[[User], bool] | None = None
    badge: Callable[[User], int] | None = None
    is_exact: bool = False


def _waiting(user: User) -> int:
    return inbox_of(user, now=clock.now()).count


def _may_be_opened_to(user: User) -> bool:
    return packs_offered(user, now=clock.now())


_GROUPS: Final[tuple[tuple[str, tuple[Entry, ...]], ...]] = (
    (
        "",
        (
            Entry("Start", "home", "admin:index", is_exact=True),
            Entry("Apps", "apps", "updates:apps", Permission.APP_VIEW),
            Entry("Approvals", "how_to_reg", "accounts:approvals", is_shown=is_concerned, badge=_waiting),
        ),
    ),
    (
        "Trust",
        (
            Entry("Keys", "key", "signing:keys", Permission.KEY_VIEW),
            Entry("Audit log", "receipt_long", "desk:log", Permission.AUDIT_VIEW),
            Entry("Reports", "summarize", "desk:reports", Permission.AUDIT_EXPORT),
            # External auditors have no other reports; who makes them has them under the name before.
            Entry("Opened reports", "summarize", "desk:opened", is_shown=_may_be_opened_to),
            Entry("Exports", "inventory_2", "desk:exports", Permission.AUDIT_EXPORT),
            Entry("Anchors", "anchor", "desk:anchors", Permission.AUDIT_VIEW),
            Entry("PHI register", "clinical_notes", "desk:phi", Permission.AUDIT_VIEW),
            Entry("Legal holds", "auto_delete", "desk:holds", Permission.AUDIT_VIEW),
            Entry("Modules", "memory", "desk:modules", Permission.AUDIT_VIEW),
        ),
    ),
    (
        "Compliance",
        (
            Entry("Compliance desk", "fact_check", "desk:start", Permission.AUDIT_VIEW, is_exact=True),
            Entry(
                "Privacy requests",
                "privacy_tip",
                "desk:requests",
                Permission.AUDIT_VIEW,
                badge=requests_waiting,
            ),
            Entry("Audits", "assignment_turned_in", "desk:audits", Permission.AUDIT_VIEW),
            Entry("Consent", "handshake", "desk:consents", Permission.AUDIT_VIEW),
            Entry("Data kept", "hourglass_bottom", "desk:data-kept", Permission.AUDIT_VIEW),
        ),
    ),
    (
        "Administration",
        (
            Entry("People", "group", "admin:accounts_user_changelist", Permission.PEOPLE_MANAGE),
            Entry("Policy", "policy", "accounts:policy", Permission.SETTINGS_MANAGE),
            Entry("Roles", "badge", "admin:accounts_rolegroup_changelist", Permission.PEOPLE_MANAGE),
            Entry("Access", "shield_person", "accounts:access", Permission.ACCESS_VIEW),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """List the groups of links that this person may open, the current one marked."""
    groups = []
    for title, entries in _GROUPS:
        items = [_item(entry, request) for entry in entries if _is_open_to(entry, request)]
        if items:
            groups.append({"title": title, "items": items})
    return groups


def _is_open_to(entry: Entry, request: HttpRequest) -> bool:
    if entry.is_shown is not None:
        return isinstance(request.user, User) and entry.is_shown(request.user)
    if entry.permission is None:
        return True
    if not isinstance(request.user, User):
        return False
    if entry.url_name in INSIDERS_ONLY:
        return request.user.may_by_role(entry.permission)
    return request.user.may_somewhere(entry.permission)


def _item(entry: Entry, request: HttpRequest) -> dict[str, Any]:
    link = reverse(entry.url_name)
    count = entry.badge(request.user) if entry.badge and isinstance(request.user, User) else 0
    active = request.path == link if entry.is_exact else request.path.startswith(link)
    return {"title": entry.title, "icon": entry.icon, "link": link, "active": active, "count": count}
