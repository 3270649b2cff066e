"""Pages: the register of exports, a new one with its preview, and one with everything known of it."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.step_up import stepped_up
from compliance.desk.domain.export_filter import ExportFilter
from compliance.desk.domain.export_manifest import VERIFY_COMMAND
from compliance.desk.forms import CopyForm, ExportFilterForm, ExportOrderForm
from compliance.desk.models import Export
from compliance.desk.models.exports import ExportState
from compliance.desk.selectors.export_scope import export_preview
from compliance.desk.selectors.exports import copies_of, download_confirms, export_get, exports_registered
from compliance.desk.services.exports import (
    export_cancel,
    export_download_operation,
    export_hand_on,
    export_operation,
    export_order,
    export_remove,
    export_retry,
)
from compliance.desk.views.log_words import zone_name
from releaseconsole.kernel.errors import ConsoleError

PAGE_SIZE = 50


@console_page(Permission.AUDIT_EXPORT)
@require_GET
def export_list(request: ConsoleRequest) -> HttpResponse:
    """Everything that was ever exported, and who holds it."""
    page = Paginator(exports_registered(), PAGE_SIZE).get_page(request.GET.get("page"))
    return page_render(request, "desk/exports/list.html", {"title": "Exports", "page": page})


@console_page(Permission.AUDIT_EXPORT)
def export_new(request: ConsoleRequest) -> HttpResponse:
    """Choose entries, see how many there are, and order them."""
    form = ExportFilterForm(request.GET)
    context = {"title": "New export", "form": form, "zone": zone_name()}
    if not form.is_valid():
        return page_render(request, "desk/exports/new.html", context)
    wish, personal = form.wish(), form.cleaned_data["personal"]
    order = ExportOrderForm(request.POST or None)
    operation = export_operation(wish=wish, personal=True, user=request.user)
    proof = StepUpForm(request.POST or None, operation=operation) if personal else None
    if request.method == "POST" and order.is_valid() and (proof is None or proof.is_valid()):
        step_up = None
        try:
            if proof is not None:
                step_up = stepped_up(request, operation, proof)
            export = export_order(
                wish=wish,
                personal=personal,
                reason=order.cleaned_data["reason"],
                user=request.user,
                step_up=step_up,
            )
        except ConsoleError as error:
            (proof or order).add_error(None, error.message)
        else:
            return redirect("desk:export", export.pk)
    return page_render(request, "desk/exports/new.html", {**context, **_ordering(wish, order, proof)})


def _ordering(wish: ExportFilter, order: ExportOrderForm, proof: StepUpForm | None) -> dict[str, object]:
    return {"wish": wish, "preview": export_preview(wish), "order": order, "proof": proof}


@console_page(Permission.AUDIT_EXPORT)
@require_GET
def export_page(request: ConsoleRequest, export_id: UUID) -> HttpResponse:
    """One export: how far it is, what it holds, how it's verified, who has it."""
    return export_shown(request, export_get(export_id=export_id))


@console_page(Permission.AUDIT_EXPORT)
@require_GET
def export_progress(request: ConsoleRequest, export_id: UUID) -> HttpResponse:
    """How far an export is, by itself; its page fetches it again and again until it's over."""
    export = export_get(export_id=export_id)
    answer = page_render(request, "desk/exports/part_progress.html", {"export": export})
    if not export.is_moving:
        answer.headers["HX-Refresh"] = "true"
    return answer


@console_page(Permission.AUDIT_EXPORT)
@require_POST
def export_act(request: ConsoleRequest, export_id: UUID, act: str) -> HttpResponse:
    """Cancel, or have made again."""
    export, said = export_get(export_id=export_id), ""
    try:
        if act == "cancel":
            export_cancel(export=export, user=request.user)
            said = "It's cancelled."
        else:
            export_retry(export=export, user=request.user)
            said = "It's made again, up to the log as it is now."
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)
    return redirect("desk:export", export.pk)


@console_page(Permission.AUDIT_EXPORT)
def export_file_remove(request: ConsoleRequest, export_id: UUID) -> HttpResponse:
    """Say what is lost with the file of an export, and remove it."""
    export = export_get(export_id=export_id)
    if request.method != "POST" and export.state == ExportState.READY:
        context = {"title": f"Remove the file of export {str(export.pk)[:8]}", "export": export}
        return page_render(request, "desk/exports/remove.html", context | {"copies": copies_of(export)})
    try:
        export_remove(export=export, user=request.user)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The file is removed. What it was, and who holds copies, stays here.")
    return redirect("desk:export", export.pk)


@console_page(Permission.AUDIT_EXPORT)
@require_POST
def export_copy(request: ConsoleRequest, export_id: UUID) -> HttpResponse:
    """Note that somebody else was given a copy."""
    export, form = export_get(export_id=export_id), CopyForm(request.POST)
    if form.is_valid():
        try:
            export_hand_on(export=export, user=request.user, **form.cleaned_data)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "It's noted.")
            return redirect("desk:export", export.pk)
    return export_shown(request, export, form=form)


def export_shown(
    request: ConsoleRequest, export: Export, *, form: CopyForm | None = None, proof: StepUpForm | None = None
) -> HttpResponse:
    """Show an export; with a form that was refused, if it was."""
    if proof is None and export.state == ExportState.READY and download_confirms(export, request.user):
        proof = StepUpForm(operation=export_download_operation(export=export, user=request.user))
    context = {
        "title": f"Export {str(export.pk)[:8]}",
        "export": export,
        "copies": copies_of(export),
        "form": form or CopyForm(),
        "proof": proof,
        "keep_days": settings.EXPORT_KEEP_DAYS,
        "verify": verify_commands(export),
    }
    return page_render(request, "desk/exports/page.html", context)


def verify_commands(export: Export) -> str:
    """Write what somebody types to check a pack."""
    folder = export.filename.removesuffix(".zip")
    return (
        f"sha256sum {export.filename}\nunzip -d {folder} {export.filename}\ncd {folder} && {VERIFY_COMMAND}"
    )
