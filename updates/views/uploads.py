"""Receiving files of console forms: from who may send them to that app, and no more than they may have."""

from typing import Any, Final

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest

from accounts.domain.access import Place
from accounts.domain.roles import Permission
from accounts.models import User
from accounts.views.pages import access_require
from updates.domain.invite_list import MAX_BYTES as LIST_MAX_BYTES

# The one page whose file is no bundle; who manages testers on any channel of the app has it.
_LIST: Final = "updates:tester-invite-list"


class FormUploadHandler(TemporaryFileUploadHandler):
    """The handler of every form there is: the check against forgery reads a body before any page sees it.

    Without this rule a stranger could fill the disk by posting files to the sign-in page.
    """

    received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file.

        Raises:
            PermissionDenied: They may not upload to the app of this address, or aren't signed in at all.
        """
        _upload_require(self.request)
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write a piece to disk; of a file that is too large, one byte more than allowed.

        So its inspection finds it too large and says so in the form, and the rest is never kept.
        """
        most = LIST_MAX_BYTES if _page_of(self.request) == _LIST else settings.BUNDLE_MAX_BYTES
        room = most + 1 - self.received
        self.received += len(raw_data)
        return super().receive_data_chunk(raw_data[: max(0, room)], start)


def _upload_require(request: HttpRequest | None) -> None:
    """Ask at the app that the address names; where it names none, nothing less than a role will do.

    Raises:
        PermissionDenied: They may not upload there, or aren't signed in at all.
    """
    if request is None or not admin.site.has_permission(request) or not isinstance(request.user, User):
        raise PermissionDenied(Permission.BUNDLE_UPLOAD.value)
    named = request.resolver_match.kwargs if request.resolver_match else {}
    place, is_list = Place(str(named.get("app_id", ""))), _page_of(request) == _LIST
    permission = Permission.TESTER_MANAGE if is_list else Permission.BUNDLE_UPLOAD
    access_require(request.user, permission, place, anywhere=is_list)


def _page_of(request: HttpRequest | None) -> str:
    return request.resolver_match.view_name if request and request.resolver_match else ""
