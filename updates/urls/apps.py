"""Addresses of pages about apps."""

from django.urls import path

from updates.views import apps

urlpatterns = [
    path("apps/", apps.app_list, name="apps"),
    path("apps/new/", apps.app_new, name="app-new"),
    path("apps/<str:app_id>/", apps.app_page, name="app"),
]
