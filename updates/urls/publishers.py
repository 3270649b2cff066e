"""Addresses of pages about publishers."""

from django.urls import path

from updates.views import publishers

urlpatterns = [
    path("apps/<str:app_id>/publishers/", publishers.publisher_list, name="publishers"),
    path(
        "apps/<str:app_id>/publishers/<str:kind>/register/",
        publishers.publisher_new,
        name="publisher-register",
    ),
    path("apps/<str:app_id>/publishers/<int:publisher_id>/", publishers.publisher_page, name="publisher"),
    path(
        "apps/<str:app_id>/publishers/<int:publisher_id>/remove/",
        publishers.publisher_gone,
        name="publisher-remove",
    ),
]
