"""Addresses of pages about apps."""

from django.urls import path

from updates.views import app_settings, apps, shutoffs

urlpatterns = [
    path("apps/", apps.app_list, name="apps"),
    path("apps/new/", apps.app_new, name="app-new"),
    path("apps/<str:app_id>/", apps.app_page, name="app"),
    path("apps/<str:app_id>/settings/", app_settings.app_settings_page, name="app-settings"),
    path("apps/<str:app_id>/shut-off/", shutoffs.app_shutoff, name="app-shutoff"),
    path("apps/<str:app_id>/shut-off/lift/", shutoffs.app_shutoff_lift, name="app-shutoff-lift"),
]
