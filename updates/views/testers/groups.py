"""Pages: groups of testers, and one group with its funnel."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render, permissions_of
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import TesterGroupForm
from updates.models import TesterGroup
from updates.selectors.apps import app_get
from updates.selectors.tester_funnel import (
    STAGE_WORDS,
    STAGES,
    group_lines,
    group_testers,
    tester_funnel,
)
from updates.selectors.tester_groups import (
    group_devices,
    group_links,
    groups_open,
    preview_of,
)
from updates.services.testers import tester_group_change, tester_group_create, tester_group_end
from updates.views.testers.scope import channels_managed, group_find, managed

PAGE_SIZE = 50


@console_page(Permission.TESTER_MANAGE, anywhere=True)
def tester_groups(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """The groups that are the person's to manage."""
    app = app_get(app_id=app_id)
    context = {
        "title": "Testers",
        "app": app,
        "groups": groups_open(app=app, only=managed(request, app)),
        "channels": channels_managed(request, app),
        "now": clock.now(),
        "may": permissions_of(request, app_id=app_id),
    }
    return page_render(request, "updates/testers/groups.html", context)


@console_page(Permission.TESTER_MANAGE, anywhere=True)
def tester_group_new(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """A form for a new group."""
    app = app_get(app_id=app_id)
    channels = channels_managed(request, app)
    form = TesterGroupForm(request.POST or None, app=app, channels=channels)
    if request.method == "POST" and form.is_valid():
        try:
            group = tester_group_create(
                app=app, **form.values(), actor=request.user.actor, person=request.user
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{group.name} is ready. Invite the first testers.")
            return redirect("updates:tester-group", app_id, group.pk)
    context = {"title": "New group of testers", "app": app, "form": form, "channels": channels}
    return page_render(request, "updates/testers/group_new.html", context)


@console_page(Permission.TESTER_MANAGE, anywhere=True)
def tester_group(request: ConsoleRequest, app_id: str, group_id: int) -> HttpResponse:
    """One group: how far its testers have come, who they are, and the links to it."""
    group = group_find(request, app_id, group_id)
    stage = request.GET.get("stage", "")
    stage = stage if stage in STAGES else ""
    found = group_testers(group=group, stage=stage)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    now = clock.now()
    context = {
        "title": group.name,
        "app": group.app,
        "group": group,
        "preview": preview_of(group=group),
        "is_open": _is_open(group),
        "funnel": tester_funnel(group=group),
        "stage": stage,
        "stage_words": STAGE_WORDS.get(stage, ""),
        "page": page,
        "lines": group_lines(group=group, testers=page, now=now, only=managed(request, group.app)),
        "links": group_links(group=group, now=now),
        "now": now,
        "sees_app": request.user.may(Permission.APP_VIEW, app_id=app_id),
    }
    return page_render(request, "updates/testers/group.html", context)


@console_page(Permission.TESTER_MANAGE, anywhere=True)
def tester_group_settings(request: ConsoleRequest, app_id: str, group_id: int) -> HttpResponse:
    """A form for what a group's testers may do."""
    group = group_find(request, app_id, group_id)
    if preview_of(group=group) or group.ended_at:
        messages.error(request, "What this group may do can't be changed.")
        return redirect("updates:tester-group", app_id, group_id)
    form = TesterGroupForm(
        request.POST or None,
        app=group.app,
        channels=channels_managed(request, group.app),
        initial=TesterGroupForm.initial_of(group),
    )
    if request.method == "POST" and form.is_valid():
        try:
            tester_group_change(group=group, **form.values(), actor=request.user.actor)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The group's settings are saved.")
            return redirect("updates:tester-group", app_id, group_id)
    context = {"title": f"Settings of {group.name}", "app": group.app, "group": group, "form": form}
    return page_render(request, "updates/testers/group_settings.html", context)


@console_page(Permission.TESTER_MANAGE, anywhere=True)
def tester_group_over(request: ConsoleRequest, app_id: str, group_id: int) -> HttpResponse:
    """Say what ending a group does to how many devices, and do it."""
    group = group_find(request, app_id, group_id)
    if request.method == "POST":
        try:
            tester_group_end(group=group, actor=request.user.actor)
        except ConsoleError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"{group.name} has ended.")
        return redirect("updates:tester-group", app_id, group_id)
    context = {
        "title": f"End {group.name}?",
        "app": group.app,
        "group": group,
        "preview": preview_of(group=group),
        "devices": group_devices(group=group),
    }
    return page_render(request, "updates/testers/group_end.html", context)


def _is_open(group: TesterGroup) -> bool:
    return group.ended_at is None and (group.ends_at is None or clock.now() < group.ends_at)
