"""Pages: inviting one tester, a link for many, and what is done with an invite.

A link is shown once, on the answer to the form that made it: it's kept nowhere.
"""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.qr_code import qr_code_uri
from updates.forms import GroupLinkForm, TesterInviteForm
from updates.models import TesterGroup
from updates.services.testers import (
    Invited,
    group_link_make,
    invite_resend,
    invite_revoke,
    tester_invite,
)
from updates.views.testers.scope import group_find, invite_find


@console_page(Permission.TESTER_MANAGE, anywhere=True)
@sensitive_variables("invited")
def tester_invite_new(request: ConsoleRequest, app_id: str, group_id: int) -> HttpResponse:
    """A form for one person; mails the invite, or shows its link."""
    group = group_find(request, app_id, group_id)
    form = TesterInviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name, email = form.cleaned_data["name"], form.cleaned_data["email"]
        try:
            invited = tester_invite(
                group=group,
                name=name,
                email=email,
                send=form.cleaned_data["sending"] == "mail",
                actor=request.user.actor,
                person=request.user,
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            return invite_shown(request, group, invited, f"The invite of {name or email or 'this tester'}")
    context = {"title": f"Invite into {group.name}", "app": group.app, "group": group, "form": form}
    return page_render(request, "updates/testers/invite_new.html", context)


@console_page(Permission.TESTER_MANAGE, anywhere=True)
@sensitive_variables("invited")
def group_link_new(request: ConsoleRequest, app_id: str, group_id: int) -> HttpResponse:
    """A form for a link that lets in whoever has it, up to a cap."""
    group = group_find(request, app_id, group_id)
    form = GroupLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invited = group_link_make(
                group=group,
                cap=form.cleaned_data["cap"],
                expires_at=clock.now() + timedelta(days=form.cleaned_data["days"]),
                actor=request.user.actor,
                person=request.user,
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            return invite_shown(request, group, invited, f"The link into {group.name}")
    context = {"title": f"New link into {group.name}", "app": group.app, "group": group, "form": form}
    return page_render(request, "updates/testers/link_new.html", context)


@console_page(Permission.TESTER_MANAGE, anywhere=True)
@require_POST
@sensitive_variables("invited")
def invite_again(request: ConsoleRequest, app_id: str, invite_id: int) -> HttpResponse:
    """Give an invite a new link, mailed or shown; the earlier one stops working."""
    invite = invite_find(request, app_id, invite_id)
    mailed = "copy" not in request.POST
    try:
        invited = invite_resend(invite=invite, send=mailed, actor=request.user.actor)
    except ConsoleError as error:
        messages.error(request, error.message)
        return redirect("updates:tester-group", app_id, invite.group_id)
    who = invite.tester.name or invite.tester.email if invite.tester else ""
    what = f"The invite of {who}" if who else f"The link into {invite.group.name}"
    return invite_shown(request, invite.group, invited, what)


@console_page(Permission.TESTER_MANAGE, anywhere=True)
@require_POST
def invite_gone(request: ConsoleRequest, app_id: str, invite_id: int) -> HttpResponse:
    """Make an invite's link worthless."""
    invite = invite_find(request, app_id, invite_id)
    try:
        invite_revoke(invite=invite, actor=request.user.actor)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Nobody gets in by this invite any more.")
    return redirect("updates:tester-group", app_id, invite.group_id)


def invite_shown(request: ConsoleRequest, group: TesterGroup, invited: Invited, what: str) -> HttpResponse:
    """Show a link once; of a mailed invite say that it's on its way."""
    if not invited.link:
        messages.success(request, f"{what} is on its way.")
        return redirect("updates:tester-group", group.app_id, group.pk)
    context = {
        "title": what,
        "app": group.app,
        "group": group,
        "link": invited.link,
        "qr_code": qr_code_uri(invited.link),
        "invite": invited.invite,
    }
    return page_render(request, "updates/testers/link_shown.html", context)
