"""Addresses of pages about devices."""

from django.urls import path

from updates.views import devices

urlpatterns = [
    path("apps/<str:app_id>/devices/", devices.device_list, name="devices"),
    path("apps/<str:app_id>/devices/<str:device_id>/", devices.device_page, name="device"),
]
