"""Pages: all keys at a glance, those of one app (or of the console) on a line of time, and one key."""

import json
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse

from accounts.domain.roles import Permission
from accounts.views.pages import CONSOLE_OWNER, ConsoleRequest, console_page, page_render
from compliance.ledger.selectors import Happening, events_about
from releaseconsole.kernel import clock
from signing.domain.key_life import KeyLife
from signing.domain.key_words import PURPOSE_TITLES, kid_short
from signing.domain.lifecycle import NIST_STATES, KeyPurpose, KeyState
from signing.models import SigningKey
from signing.selectors.overview import (
    AppKeys,
    key_life,
    key_shown,
    keys_of_app,
    keys_of_apps,
    keys_of_console,
    profiles_found,
)
from signing.selectors.profiles import recipients_of
from signing.selectors.trust import trust_standing
from signing.services.key_places import key_place
from signing.services.rules import key_rules

PAGE_SIZE: Final = 50
EVENTS_SHOWN: Final = 50
# Keys of a purpose that are listed unless somebody asks for all of them: a year of rotations.
KEYS_SHOWN: Final = 12
# What the states were entered at, in the order of a life.
_LIFELINE: Final = (
    ("Made", "created_at"),
    ("Published", "published_at"),
    ("Signs since", "activated_at"),
    ("Signed until", "deactivated_at"),
    ("Suspended", "suspended_at"),
    ("Revoked", "revoked_at"),
    ("Private half destroyed", "private_destroyed_at"),
    ("Retired", "retired_at"),
    ("Destroyed", "destroyed_at"),
)


@console_page(Permission.KEY_VIEW)
def key_list(request: ConsoleRequest) -> HttpResponse:
    """Every app and the console, with what their custodian has to know."""
    now, text = clock.now(), request.GET.get("q", "").strip()
    page = Paginator(profiles_found(text=text), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = keys_of_apps(list(page.object_list), rules=key_rules, now=now)
    if page.number == 1 and not text:
        rows.append(keys_of_console(rules=key_rules, now=now))
    context = {
        "title": "Keys",
        "rows": rows,
        "page": page,
        "q": text,
        "is_searchable": text or page.paginator.num_pages > 1,
        "has_apps": text or page.paginator.count,
        "may_create": request.user.may(Permission.APP_CREATE),
    }
    return page_render(request, "signing/key_list.html", context)


@console_page(Permission.KEY_VIEW)
def owner_page(request: ConsoleRequest, owner: str) -> HttpResponse:
    """The keys of one app: each purpose on a line of time, the chain of trust, the token profile."""
    found = keys_of_app(app_id=owner_id(owner), rules=key_rules, now=clock.now())
    shown = None if "all" in request.GET else KEYS_SHOWN
    context = {
        "title": found.app_id or "The console's own keys",
        "keys": found,
        "sections": [(purpose, _table(purpose.rows[:shown])) for purpose in found.purposes],
        "shown": shown,
        "standing": trust_standing(found.app_id, found.now) if found.app_id else None,
        "claims": list(found.profile.claims.all()) if found.profile else [],
        "back_end_key": recipients_of(app_id=found.app_id).filter(device_id="").first()
        if found.app_id
        else None,
        "may_operate": request.user.may(Permission.KEY_OPERATE),
    }
    return page_render(request, "signing/owner.html", context)


@console_page(Permission.KEY_VIEW)
def key_page(request: ConsoleRequest, owner: str, key_id: UUID) -> HttpResponse:
    """One key: all that is known of it, and what can be done to it."""
    app_id = owner_id(owner)
    row = key_shown(app_id=app_id, key_id=key_id)
    keys = keys_of_app(app_id=app_id, rules=key_rules, now=clock.now())
    may_operate = request.user.may(Permission.KEY_OPERATE)
    context = {
        "title": f"Key {kid_short(row.key_id)}",
        **_facts(row, keys),
        "happenings": _happenings(row) if may_operate or request.user.may(Permission.AUDIT_VIEW) else None,
        "may_operate": may_operate,
        # What a backend answered: for who mends it, and who may see what the log holds beside its facts.
        "sees_failures": may_operate or request.user.may(Permission.AUDIT_EXPORT),
    }
    return page_render(request, "signing/key.html", context)


def owner_id(owner: str) -> str:
    """Return the app's id that an address names; empty: the console itself."""
    return "" if owner == CONSOLE_OWNER else owner


def _happenings(row: SigningKey) -> list[Happening]:
    return events_about(object_type="signing_key", object_id=str(row.pk), count=EVENTS_SHOWN)


def _table(rows: tuple[SigningKey, ...]) -> list[tuple[SigningKey, KeyLife, str]]:
    places = {row.backend: key_place(row.backend).title for row in rows}
    return [(row, key_life(row), places[row.backend]) for row in rows]


def _facts(row: SigningKey, keys: AppKeys) -> dict[str, Any]:
    purpose = next(each for each in keys.purposes if each.purpose == row.purpose)
    return {
        "row": row,
        "life": key_life(row),
        "keys": keys,
        "purpose": purpose,
        "purpose_title": PURPOSE_TITLES[KeyPurpose(row.purpose)],
        "nist": NIST_STATES[KeyState(row.state)],
        "place": key_place(row.backend),
        "lifeline": [(words, getattr(row, field)) for words, field in _LIFELINE if getattr(row, field)],
        "jwk": json.dumps(row.public_jwk, indent=2) if row.public_jwk else "",
    }
