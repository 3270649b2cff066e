"""Pages: devices of an app, and one device with what it reported."""

from django.core.paginator import Paginator
from django.http import HttpResponse

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from updates.selectors.apps import app_get
from updates.selectors.devices import device_events, device_get, devices_found

PAGE_SIZE = 50


@console_page(Permission.APP_VIEW)
def device_list(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """Devices of an app, last seen first; found by the beginning of their id, or by version."""
    app = app_get(app_id=app_id)
    wanted, version = (request.GET.get(name, "").strip() for name in ("q", "version"))
    devices = devices_found(app=app, id_begins=wanted, version=version)
    page = Paginator(devices, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"title": "Devices", "app": app, "page": page, "q": wanted, "version": version}
    return page_render(request, "updates/device_list.html", context)


@console_page(Permission.APP_VIEW)
def device_page(request: ConsoleRequest, app_id: str, device_id: str) -> HttpResponse:
    """One device as it last reported itself, and what it reported."""
    app = app_get(app_id=app_id)
    device = device_get(app=app, device_id=device_id)
    context = {
        "title": f"Device {device_id}",
        "app": app,
        "device": device,
        "events": device_events(device=device),
    }
    return page_render(request, "updates/device.html", context)
