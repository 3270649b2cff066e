"""Pages: the audit log to search, one entry of it in full, and the proof of an entry to take away."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain.log_search import FIRST_PAGE, LogSearch, Turn, position_read
from compliance.desk.forms.log_search import LogSearchForm
from compliance.desk.selectors.log_entry import log_entry
from compliance.desk.selectors.log_search import LogPage, log_page
from compliance.desk.services.proving import entry_proof_take
from compliance.desk.services.reading import entry_read_record, search_record
from compliance.desk.views.log_words import (
    about_words,
    chips,
    export_address,
    log_rows,
    object_timeline,
    other_side,
    without,
    zone_name,
)
from compliance.ledger.domain.canonical import time_written
from compliance.ledger.domain.critical import CRITICAL
from compliance.ledger.domain.events import ActorKind
from compliance.ledger.errors import LedgerError
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex

PAGE_SIZE: Final = 50
# The same search, or entry, of the same session is recorded once in this time; turning pages isn't searching.
_RECORDED_EVERY: Final = timedelta(minutes=15)
_REMEMBERED: Final = 40
_SESSION_KEY: Final = "log_read"
_EVERYBODY_CALLED: Final = frozenset(ActorKind) - {ActorKind.TESTER}


@console_page(Permission.AUDIT_VIEW)
def log_list(request: ConsoleRequest) -> HttpResponse:
    """What happened, newest first, narrowed to what is asked for."""
    form = LogSearchForm(request.GET, kinds=_kinds(request))
    context: dict[str, Any] = {
        "title": "Audit log",
        "form": form,
        "zone": zone_name(),
        "may_follow": request.user.may_by_role(Permission.AUDIT_VIEW),
    }
    if not form.is_valid():
        return page_render(request, "desk/log.html", context)
    search = form.search()
    if search.is_about_somebody:
        _search_noted(request, search)
    page = log_page(search, _turn(request), size=PAGE_SIZE)
    context |= {
        "rows": log_rows(page.events, places=page.places, user=request.user),
        "chips": chips(form, search, request.GET),
        "search": search,
        "other_side": other_side(search),
        "export": export_address(search, request.GET) if request.user.may(Permission.AUDIT_EXPORT) else "",
        "links": _links(request, page),
        "is_turned": _turn(request) != FIRST_PAGE,
    }
    return page_render(request, "desk/log.html", context)


@console_page(Permission.AUDIT_VIEW)
def log_entry_page(request: ConsoleRequest, sequence: int) -> HttpResponse:
    """One entry: what it says in words and as it's hashed, what was erased of it, its place in the log."""
    entry = log_entry(sequence=sequence, personal=request.user.may(Permission.AUDIT_EXPORT))
    if entry.personal and _is_new(request, f"entry {sequence}", clock.now()):
        entry_read_record(sequence=sequence, actor=request.user.actor, now=clock.now())
    (row,) = log_rows([entry.event], places={entry.event.number: sequence}, user=request.user)
    context = {
        "title": f"Entry {sequence}",
        "entry": entry,
        "row": row,
        "event": entry.event,
        "leaf_hash": bytes(entry.event.leaf_hash).hex(),
        "root": bytes(entry.checkpoint.root).hex() if entry.checkpoint else "",
        "utc": time_written(entry.event.at),
        "about": about_words(entry.event),
        "object_timeline": object_timeline(entry.event),
        "is_critical": entry.event.action in CRITICAL,
        "earlier": sequence - 1 if sequence else None,
        "later": sequence + 1 if sequence + 1 < entry.size else None,
    }
    return page_render(request, "desk/log_entry.html", context)


@console_page(Permission.AUDIT_VIEW)
@require_POST
def log_entry_prove(request: ConsoleRequest, sequence: int) -> HttpResponse:
    """Answer with the proof of an entry, as a file."""
    try:
        proof = entry_proof_take(sequence=sequence, actor=request.user.actor, now=clock.now())
    except LedgerError as error:
        messages.error(request, error.message)
        return redirect("desk:log-entry", sequence)
    headers = {
        "Content-Disposition": f'attachment; filename="audit-entry-{sequence}.tlog-proof"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(proof, content_type="text/plain; charset=utf-8", headers=headers)


def _kinds(request: ConsoleRequest) -> frozenset[ActorKind]:
    """Whose names this person may search; testers are known by number to everybody else."""
    sees_testers = any(map(request.user.may, (Permission.PRIVACY_MANAGE, Permission.TESTER_MANAGE)))
    return frozenset(ActorKind) if sees_testers else _EVERYBODY_CALLED


def _turn(request: ConsoleRequest) -> Turn:
    """Read which page is wanted; an address that was tampered with leads to the first one."""
    for name in ("after", "before"):
        if beside := position_read(request.GET.get(name, "")):
            return Turn(beside, is_back=name == "before")
    return FIRST_PAGE


def _links(request: ConsoleRequest, page: LogPage) -> dict[str, str]:
    """Write where the pages beside this one are, and the other order."""
    here = without(request.GET)
    join = "&" if len(here) > 1 else ""
    other = without(request.GET, "order")
    is_newest_first = request.GET.get("order") != "oldest"
    return {
        "before": f"{here}{join}before={page.before}" if page.before else "",
        "after": f"{here}{join}after={page.after}" if page.after else "",
        "other_order": f"{other}{'&' if len(other) > 1 else ''}order=oldest" if is_newest_first else other,
        "first": here,
    }


def _search_noted(request: ConsoleRequest, search: LogSearch) -> None:
    now = clock.now()
    if _is_new(request, str(sorted(search.spelled().items())), now):
        search_record(search=search, actor=request.user.actor, now=now)


def _is_new(request: ConsoleRequest, what: str, now: datetime) -> bool:
    """Whether this session hasn't had it recorded a moment ago; it has from now on.

    The session remembers hashes: what was searched for may name somebody.
    """
    key, seconds = sha256_hex(what.encode())[:16], int(now.timestamp())
    oldest = seconds - int(_RECORDED_EVERY.total_seconds())
    remembered = {each: at for each, at in request.session.get(_SESSION_KEY, {}).items() if at > oldest}
    if key in remembered:
        return False
    newest = sorted((remembered | {key: seconds}).items(), key=lambda each: each[1])[-_REMEMBERED:]
    request.session[_SESSION_KEY] = dict(newest)
    return True
