"""Addresses of the console's pages about testers."""

from django.urls import path

from updates.views.testers import stores

urlpatterns = [
    path("apps/<str:app_id>/stores/", stores.store_presence, name="stores"),
]
