"""Pages of the compliance officer."""

from django.urls import URLPattern

app_name = "desk"

urlpatterns: list[URLPattern] = []
