"""Pages: packs that an officer opens to an audit's auditors, and those auditors' own list of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.views.pages import ConsoleRequest, HiddenError, console_page, own_page, page_render
from accounts.views.step_up import stepped_up
from compliance.desk.forms.engagements import PackOpenForm
from compliance.desk.models import AuditEngagement, Export
from compliance.desk.models.exports import ExportState
from compliance.desk.selectors.engagements import audit_get
from compliance.desk.selectors.exports import download_confirms, export_get
from compliance.desk.selectors.opened_packs import (
    OpenPack,
    pack_get,
    packs_openable,
    packs_shown,
    readers_of,
)
from compliance.desk.services.exports import export_download_operation
from compliance.desk.services.opened_packs import pack_open, pack_open_operation, pack_shut
from compliance.desk.views.downloads import pack_hand_out
from compliance.desk.views.exports import verify_commands
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError, NotFoundError


@console_page(Permission.PRIVACY_MANAGE)
@require_GET
def audit_packs(request: ConsoleRequest, audit_id: int) -> HttpResponse:
    """The packs that could be opened to an audit's auditors."""
    audit = audit_get(audit_id=audit_id, user=request.user)
    context = {
        "title": "Open a pack to the auditors",
        "audit": audit,
        "packs": packs_openable(audit, now=clock.now()),
    }
    return page_render(request, "desk/engagements/packs.html", context | _readers(audit))


@console_page(Permission.PRIVACY_MANAGE)
def audit_pack_open(request: ConsoleRequest, audit_id: int, export_id: UUID) -> HttpResponse:
    """Say what is opened to whom, and open it; with personal values it takes a confirmation."""
    audit, export = audit_get(audit_id=audit_id, user=request.user), export_get(export_id=export_id)
    # Nothing is typed where there's nothing personal: what is posted may be empty.
    posted = request.POST if request.method == "POST" else None
    form = PackOpenForm(posted, export=export)
    seen = _readers(audit)
    operation = pack_open_operation(audit=audit, export=export, user=request.user, readers=seen["readers"])
    proof = StepUpForm(posted, operation=operation) if export.personal else None
    if posted is not None and form.is_valid() and (proof is None or proof.is_valid()):
        try:
            pack_open(
                audit=audit,
                export=export,
                user=request.user,
                seen=form.seen,
                personal=form.is_personal,
                step_up=None if proof is None else stepped_up(request, operation, proof),
            )
        except ConsoleError as error:
            (proof or form).add_error(None, error.message)
        else:
            messages.success(request, "It's open to them, as long as they're engaged.")
            return redirect("desk:audit", audit.pk)
    context = {"title": "Open this pack to the auditors", "audit": audit, "export": export, "form": form}
    return page_render(request, "desk/engagements/open_pack.html", context | {"proof": proof} | seen)


@console_page(Permission.PRIVACY_MANAGE)
@require_POST
def audit_pack_shut(request: ConsoleRequest, audit_id: int, export_id: UUID) -> HttpResponse:
    """Take a pack back from an audit's auditors."""
    audit = audit_get(audit_id=audit_id, user=request.user)
    opening = audit.opened_packs.filter(export=export_id, ended_at=None).first()
    if opening is None:
        messages.error(request, "It isn't open any more.")
    else:
        pack_shut(opening=opening, user=request.user)
        messages.success(request, "It's shut. Copies that were taken stay where they are.")
    return redirect("desk:audit", audit.pk)


@own_page
@require_GET
def opened_list(request: ConsoleRequest) -> HttpResponse:
    """The packs that are open to this person; to most people none are."""
    packs = packs_shown(request.user, now=clock.now())
    return page_render(request, "desk/opened/list.html", {"title": "Opened reports", "packs": packs})


@own_page
def opened_page(request: ConsoleRequest, export_id: UUID) -> HttpResponse:
    """One of them: what it is, and how it's verified."""
    return _shown(request, _found(request, export_id).opening.export)


@own_page
@require_http_methods(["GET", "HEAD", "POST"])
def opened_download(request: ConsoleRequest, export_id: UUID) -> HttpResponse:
    """Hand it out; each copy is on record before its first byte leaves."""
    export = _found(request, export_id).opening.export
    return pack_hand_out(request, export, page="desk:opened-pack", shown=_shown)


def _shown(request: ConsoleRequest, export: Export, /, *, proof: StepUpForm | None = None) -> HttpResponse:
    found = _found(request, export.pk)
    if proof is None and export.state == ExportState.READY and download_confirms(export, request.user):
        proof = StepUpForm(operation=export_download_operation(export=export, user=request.user))
    context = {
        "title": f"Opened report {str(export.pk)[:8]}",
        "pack": found,
        "export": export,
        "proof": proof,
        "verify": verify_commands(export),
    }
    return page_render(request, "desk/opened/page.html", context)


def _found(request: ConsoleRequest, export_id: UUID) -> OpenPack:
    """Find a pack that is open to this person.

    Raises:
        HiddenError: It isn't, or there's none: to them that's the same.
    """
    try:
        return pack_get(export_id=export_id, user=request.user, now=clock.now())
    except NotFoundError as error:
        raise HiddenError(Permission.AUDIT_EXPORT.value) from error


def _readers(audit: AuditEngagement) -> dict[str, Any]:
    named = audit.accesses.select_related("person")
    return {"readers": readers_of(named, now=clock.now()), "named": named}
