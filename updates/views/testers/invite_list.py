"""Page: inviting many people by a list, with everything that is wrong with it before anybody is invited.

Between showing and inviting the list is in the form alone, as text, and is read anew: nothing of it is kept.
"""

from typing import Final

from django.http import HttpResponse
from django.views.decorators.debug import sensitive_variables

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from releaseconsole.kernel.errors import ConsoleError
from updates.domain.invite_list import MAX_BYTES, InviteList, invite_list_read, invite_text
from updates.forms import InviteListForm
from updates.models import TesterGroup
from updates.selectors.tester_groups import not_to_invite
from updates.services.bulk_invites import testers_invite
from updates.views.testers.scope import group_find

_PAGE: Final = "updates/testers/invite_list.html"


@console_page(Permission.TESTER_MANAGE, anywhere=True)
def invite_list(request: ConsoleRequest, app_id: str, group_id: int) -> HttpResponse:
    """A form for a list; then the list as it was read; then, confirmed, what became of it."""
    group = group_find(request, app_id, group_id)
    form = InviteListForm(request.POST or None, request.FILES or None)
    context = {"title": f"Invite many into {group.name}", "app": group.app, "group": group, "form": form}
    if request.method != "POST" or not form.is_valid():
        return page_render(request, _PAGE, context)
    try:
        text = _text(form)
        read = invite_list_read(text, known=not_to_invite(group=group))
        if "confirmed" in request.POST and read.invitees:
            return _invited(request, group, read, send=form.cleaned_data["sending"] == "mail")
    except ConsoleError as error:
        form.add_error(None, error.message)
        return page_render(request, _PAGE, context)
    sending = form.cleaned_data["sending"]
    again = InviteListForm(initial={"text": text, "sending": sending})
    shown = {"form": again, "read": read, "text": text, "sending": sending}
    return page_render(request, _PAGE, context | shown)


# A file wins: whoever chose one after pasting meant it.
def _text(form: InviteListForm) -> str:
    file = form.cleaned_data["file"]
    return invite_text(file.read(MAX_BYTES + 1)) if file else str(form.cleaned_data["text"])


@sensitive_variables("invited")
def _invited(request: ConsoleRequest, group: TesterGroup, read: InviteList, *, send: bool) -> HttpResponse:
    invited = testers_invite(
        group=group, invitees=read.invitees, send=send, actor=request.user.actor, person=request.user
    )
    lines = [f"{who.name or who.email}\t{each.link}" for who, each in invited.made if each.link]
    context = {
        "title": f"Invited into {group.name}",
        "app": group.app,
        "group": group,
        "made": len(invited.made),
        "known": invited.known,
        "left_out": len(read.problems) + len(read.skipped),
        "links": "\n".join(lines),
    }
    return page_render(request, "updates/testers/invite_list_done.html", context)
