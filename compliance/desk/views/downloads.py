"""The pack itself: in parts if a connection breaks, each copy on record before its first byte leaves.

RFC 9110, section 14: one range at a time; `If-Range` with the pack's SHA-256 keeps parts of two files apart.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final, Protocol, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.views.pages import ConsoleRequest, console_page
from accounts.views.step_up import stepped_up
from compliance.desk.backends.export_files import pack_path
from compliance.desk.models import Export
from compliance.desk.selectors.exports import export_get
from compliance.desk.services.exports import export_download_operation, export_download_record
from compliance.desk.views.exports import export_shown
from releaseconsole.kernel.errors import ConsoleError


class Shown(Protocol):
    """Shows the page of a pack."""

    def __call__(
        self, request: ConsoleRequest, export: Export, /, *, proof: StepUpForm | None = None
    ) -> HttpResponse:
        """Answer with it; `proof`: one that was refused."""


_BLOCK: Final = 1 << 16
_RANGE: Final = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))")


@console_page(Permission.AUDIT_EXPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def export_download(request: ConsoleRequest, export_id: UUID) -> HttpResponse:
    """Hand a pack out, or a part of it; posted with a confirmation where it takes one."""
    return pack_hand_out(request, export_get(export_id=export_id), page="desk:export", shown=export_shown)


def pack_hand_out(request: ConsoleRequest, export: Export, *, page: str, shown: Shown) -> HttpResponse:
    """Hand a pack out that this person may have.

    Args:
        request: Of the pack, or a part of it.
        export: Which.
        page: The name of the page that a refusal leads back to.
        shown: Shows that page with a proof that was refused.
    """
    if request.method == "POST":
        return _confirmed(request, export, shown)
    size, etag = export.size or 0, f'"{export.sha256}"'
    begin, end = _part(request, size, etag) or (0, size)
    headers = {"Accept-Ranges": "bytes", "ETag": etag, "Cache-Control": "no-store"}
    if begin >= end:
        headers["Content-Range"] = f"bytes */{size}"
        return HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    if request.method == "GET":
        try:
            export_download_record(export=export, user=request.user, resumed=begin > 0)
        except ConsoleError as error:
            messages.error(request, error.message)
            return redirect(page, export.pk)
    return _answer(request, export, begin, end, headers)


def _confirmed(request: ConsoleRequest, export: Export, shown: Shown) -> HttpResponse:
    operation = export_download_operation(export=export, user=request.user)
    proof = StepUpForm(request.POST, operation=operation)
    if proof.is_valid():
        try:
            step_up = stepped_up(request, operation, proof)
            export_download_record(export=export, user=request.user, resumed=False, step_up=step_up)
        except ConsoleError as error:
            proof.add_error(None, error.message)
        else:
            size, etag = export.size or 0, f'"{export.sha256}"'
            return _answer(request, export, 0, size, {"ETag": etag, "Cache-Control": "no-store"})
    return shown(request, export, proof=proof)


def _answer(
    request: ConsoleRequest, export: Export, begin: int, end: int, headers: dict[str, str]
) -> HttpResponse:
    is_part = (begin, end) != (0, export.size)
    if is_part:
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{export.size}"
    headers |= {
        "Content-Length": str(end - begin),
        "Content-Disposition": f'attachment; filename="{export.filename}"',
    }
    answer = StreamingHttpResponse(
        () if request.method == "HEAD" else _slice(pack_path(export.pk), begin, end),
        status=HTTPStatus.PARTIAL_CONTENT if is_part else HTTPStatus.OK,
        content_type="application/zip",
        headers=headers,
    )
    return cast("HttpResponse", answer)  # pages are typed by what nearly all of them answer with


def _part(request: ConsoleRequest, size: int, etag: str) -> tuple[int, int] | None:
    """Say which bytes are asked for; None: all of them. What isn't understood asks for all (section 14.2)."""
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        return max(0, size - int(suffix)), size if int(suffix) else 0
    if last and int(last) < int(first):
        return None
    return int(first), min(size, int(last) + 1) if last else size


def _slice(path: Path, begin: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        while begin < end and (block := file.read(min(_BLOCK, end - begin))):
            begin += len(block)
            yield block
