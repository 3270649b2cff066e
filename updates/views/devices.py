"""Pages: devices of an app, and one device with what it reported."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse

from accounts.domain.roles import Permission
from updates.models import Device, DeviceEvent
from updates.views.pages import ConsoleRequest, app_or_404, console_page, page_render

PAGE_SIZE = 50
EVENTS_SHOWN = 200


@console_page(Permission.APP_VIEW)
def device_list(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """Devices of an app, last seen first; found by the beginning of their id, or by version."""
    app = app_or_404(app_id)
    devices = Device.objects.filter(app=app).order_by("-last_seen_at")
    wanted = request.GET.get("q", "").strip()
    if wanted:
        devices = devices.filter(device_id__startswith=wanted.lower())
    version = request.GET.get("version", "").strip()
    if version:
        devices = devices.filter(version=version)
    page = Paginator(devices, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"title": "Devices", "app": app, "page": page, "q": wanted, "version": version}
    return page_render(request, "updates/device_list.html", context)


@console_page(Permission.APP_VIEW)
def device_page(request: ConsoleRequest, app_id: str, device_id: str) -> HttpResponse:
    """One device as it last reported itself, and what it reported."""
    app = app_or_404(app_id)
    device = Device.objects.filter(app=app, device_id=device_id).first()
    if device is None:
        raise Http404("No such device.")
    events = DeviceEvent.objects.filter(app=app, device_id=device_id).order_by("-received_at")[:EVENTS_SHOWN]
    context = {"title": f"Device {device_id}", "app": app, "device": device, "events": events}
    return page_render(request, "updates/device.html", context)
