"""Pages: devices of an app, one device with what it reported, and what it's forced to."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render, permissions_of
from releaseconsole.kernel.errors import ConsoleError
from updates.domain.report_words import report_words
from updates.forms import AllowVersionForm, OverrideForm
from updates.models import Bundle, Device
from updates.selectors.apps import app_get, channels_of
from updates.selectors.device_decision import device_decision
from updates.selectors.device_search import device_search, devices_by, search_kind, testers_of
from updates.selectors.devices import (
    device_events,
    device_get,
    device_membership,
    devices_of,
    override_of,
)
from updates.selectors.failures import failures_of_device
from updates.services.failures import device_failure_allow
from updates.services.overrides import override_end, override_set

PAGE_SIZE = 50


@console_page(Permission.APP_VIEW)
def device_list(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """Devices of an app, last seen first; or those that a text finds, by each way in which it does."""
    app = app_get(app_id=app_id)
    personal = request.user.may(Permission.TESTER_MANAGE, app_id=app_id)
    text = request.GET.get("q", "").strip()
    by = search_kind(request.GET.get("by", ""), personal=personal)
    if text and by is None and Device.objects.filter(app=app, device_id=text.lower()).exists():
        return redirect("updates:device", app.pk, text.lower())
    context = {"title": "Devices", "app": app, "q": text, "by": by, "personal": personal}
    if text and by is None:
        found = device_search(app=app, text=text, personal=personal)
        return page_render(request, "updates/device_search.html", {**context, "found": found})
    devices = devices_by(app=app, by=by, text=text) if by else devices_of(app=app)
    page = Paginator(devices, PAGE_SIZE).get_page(request.GET.get("page"))
    return page_render(request, "updates/device_list.html", {**context, "page": page})


@console_page(Permission.APP_VIEW)
def device_page(request: ConsoleRequest, app_id: str, device_id: str) -> HttpResponse:
    """One device as it last reported itself, what it gets and why, what failed, what it reported."""
    app = app_get(app_id=app_id)
    device = device_get(app=app, device_id=device_id)
    may = permissions_of(request, app_id=app_id)
    personal = may[Permission.TESTER_MANAGE.value]
    context = {
        "title": f"Device {device_id}",
        "app": app,
        "device": device,
        "runs_bundle": Bundle.objects.filter(app=app, version=device.version).exists(),
        "may": may,
        "tester": testers_of(app=app, device_ids=[device_id]).get(device_id) if personal else None,
        "decision": device_decision(app=app, device=device, asks=request.GET.get("asks")),
        "channels": channels_of(app=app),
        "membership": device_membership(device=device),
        "override": override_of(app=app, device_id=device_id),
        "failures": failures_of_device(device=device),
        "events": [(event, report_words(event.action)) for event in device_events(device=device)],
    }
    return page_render(request, "updates/device.html", context)


@console_page(Permission.TESTER_MANAGE)
def device_override(request: ConsoleRequest, app_id: str, device_id: str) -> HttpResponse:
    """A form that forces a device to a channel or a release."""
    app = app_get(app_id=app_id)
    device = device_get(app=app, device_id=device_id)
    form = OverrideForm(request.POST or None, app=app)
    if request.method == "POST" and form.is_valid():
        try:
            override_set(
                app=app,
                device_id=device_id,
                to=form.target(),
                until=form.until(),
                reason=form.cleaned_data["reason"],
                actor=request.user.actor,
                person=request.user,
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The device gets this from its next check on.")
            return redirect("updates:device", app_id, device_id)
    context = {
        "title": f"Force device {device_id}",
        "app": app,
        "device": device,
        "form": form,
        "override": override_of(app=app, device_id=device_id),
    }
    return page_render(request, "updates/device_override.html", context)


@console_page(Permission.TESTER_MANAGE)
@require_POST
def device_override_end(request: ConsoleRequest, app_id: str, device_id: str) -> HttpResponse:
    """Let a device get again what it would get by itself."""
    try:
        override_end(app=app_get(app_id=app_id), device_id=device_id, actor=request.user.actor)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "From its next check on the device gets again what it would get by itself.")
    return redirect("updates:device", app_id, device_id)


@console_page(Permission.TESTER_MANAGE)
@require_POST
def device_allow(request: ConsoleRequest, app_id: str, device_id: str) -> HttpResponse:
    """Let a device try a version again that failed on it."""
    app = app_get(app_id=app_id)
    form = AllowVersionForm(request.POST)
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            device_failure_allow(app=app, device_id=device_id, version=version, actor=request.user.actor)
        except ConsoleError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"The device may be offered {version} again.")
    else:
        messages.error(request, "Name a version.")
    return redirect("updates:device", app_id, device_id)
