"""Pages: one tester, taking them out of a group, erasing them; and what testers wrote."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.access import Place
from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, access_require, console_page, page_render
from releaseconsole.kernel.errors import ConsoleError
from updates.selectors.apps import app_get
from updates.selectors.tester_groups import device_lines, feedback_of
from updates.selectors.testers import devices_of_tester, groups_mailed, tester_get
from updates.services.testers import tester_erase, tester_remove
from updates.views.testers.scope import group_find, managed, tester_find

FEEDBACK_SHOWN = 20
PAGE_SIZE = 50


@console_page(Permission.TESTER_MANAGE, anywhere=True)
def tester_page(request: ConsoleRequest, app_id: str, tester_id: int) -> HttpResponse:
    """One tester: their groups, devices and feedback, as far as they are the person's to manage."""
    tester, groups = tester_find(request, app_id, tester_id)
    only = managed(request, tester.app)
    mailed = groups_mailed(tester=tester)
    lines = device_lines(app=tester.app, devices=list(devices_of_tester(tester=tester)), only=only)
    context = {
        "title": tester.name or tester.email or f"Tester {tester.pk}",
        "app": tester.app,
        "tester": tester,
        "groups": groups,
        "mailed": [group for group in groups if group.pk in mailed],
        "devices": lines.get(tester.pk, []),
        "feedback": feedback_of(app=tester.app, only=only).filter(tester=tester)[:FEEDBACK_SHOWN],
        "sees_app": request.user.may(Permission.APP_VIEW, app_id=app_id),
        "may_erase": request.user.may(Permission.TESTER_MANAGE, app_id=app_id),
    }
    return page_render(request, "updates/testers/tester.html", context)


@console_page(Permission.TESTER_MANAGE, anywhere=True)
@require_POST
def tester_gone(request: ConsoleRequest, app_id: str, group_id: int, tester_id: int) -> HttpResponse:
    """Take somebody out of a group."""
    group = group_find(request, app_id, group_id)
    tester = tester_get(app=group.app, tester_id=tester_id)
    try:
        tester_remove(tester=tester, group=group, actor=request.user.actor)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "They are out of the group; their devices get the normal version again.")
    return redirect("updates:tester-group", app_id, group_id)


@console_page(Permission.TESTER_MANAGE, anywhere=True)
def tester_erased(request: ConsoleRequest, app_id: str, tester_id: int) -> HttpResponse:
    """Say what erasing a tester takes away, and do it."""
    # All that is kept of them goes, whichever channels it's about.
    access_require(request.user, Permission.TESTER_MANAGE, Place(app_id))
    app = app_get(app_id=app_id)
    tester = tester_get(app=app, tester_id=tester_id)
    if request.method == "POST":
        try:
            tester_erase(tester=tester, actor=request.user.actor)
        except ConsoleError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, "All that was kept of them is erased.")
        return redirect("updates:testers", app_id)
    context = {
        "title": f"Erase {tester.name or tester.email or 'this tester'}?",
        "app": app,
        "tester": tester,
        "devices": devices_of_tester(tester=tester).count(),
        "feedback": tester.feedback.count(),
    }
    return page_render(request, "updates/testers/tester_erase.html", context)


@console_page(Permission.TESTER_MANAGE, anywhere=True)
def tester_feedback(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """What testers wrote, newest first; of one version, if asked."""
    app = app_get(app_id=app_id)
    version = request.GET.get("version", "").strip()
    found = feedback_of(app=app, only=managed(request, app), version=version)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"title": "Feedback", "app": app, "page": page, "version": version}
    return page_render(request, "updates/testers/feedback.html", context)
