"""Addresses of pages about devices."""

from django.urls import path

from updates.views import devices, failures

_DEVICE = "apps/<str:app_id>/devices/<str:device_id>/"
_FAILURES = "apps/<str:app_id>/releases/<int:release_seq>/failures/"

urlpatterns = [
    path("apps/<str:app_id>/devices/", devices.device_list, name="devices"),
    path(_DEVICE, devices.device_page, name="device"),
    path(f"{_DEVICE}override/", devices.device_override, name="device-override"),
    path(f"{_DEVICE}override/end/", devices.device_override_end, name="device-override-end"),
    path(f"{_DEVICE}failures/allow/", devices.device_allow, name="device-allow"),
    path(_FAILURES, failures.release_failures_page, name="release-failures"),
    path(f"{_FAILURES}allow/", failures.release_allow, name="release-allow"),
]
